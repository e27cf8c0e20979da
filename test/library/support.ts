import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VoiceLingua, VoiceLinguaOptions } from '../../src/index.js';
import { openVoiceLingua, VoiceLinguaError } from '../../src/index.js';
import { wavFile } from '../fixtures/wav.js';
import { makeWhisperGgml, TINY_WHISPER, type WhisperShape } from '../native/addon-models.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const SHARED = join(ROOT, '..', 'shared');
export const AUDIO = join(ROOT, 'test', 'fixtures', 'audio');
export const SENTENCE = join(AUDIO, 'sentence.wav');
/** What the scripted model says of any audio. */
export const SCRIPTED_TEXT = 'w1001 w1002 w1003 w1004';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export function temporary(name: string): string {
  return join(folder, name);
}

/** A real Whisper file whose text is known beforehand; see addon-models.ts. */
export function scriptedModel(shape: Partial<WhisperShape> = {}): string {
  const path = temporary(`ggml-scripted-${JSON.stringify(shape).replace(/\W+/g, '-')}.bin`);
  if (!existsSync(path)) writeFileSync(path, makeWhisperGgml({ ...TINY_WHISPER, ...shape }).bytes);
  return path;
}

let stores = 0;

/** An instance with a store and lanes of its own, closed after `use`. */
export async function withLibrary<T>(
  use: (lingua: VoiceLingua) => Promise<T>,
  options: VoiceLinguaOptions = {},
): Promise<T> {
  const lingua = await openVoiceLingua({
    store: temporary(`store-${stores++}.sqlite`),
    sttModel: scriptedModel(),
    ...options,
  });
  try {
    return await use(lingua);
  } finally {
    await lingua.close();
  }
}

/** The error that a call rejects with or throws; it must be one of ours. */
export async function failure(call: () => unknown): Promise<VoiceLinguaError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof VoiceLinguaError) return error;
    throw error;
  }
  throw new Error('expected a VoiceLinguaError');
}

/** WAV of a tone with pauses, `seconds` long. */
export function toneFile(name: string, seconds: number): string {
  const rate = 16_000;
  const samples = Int16Array.from({ length: Math.round(seconds * rate) }, (_, i) =>
    (i / rate) % 4 < 3 ? Math.round(9000 * Math.sin(i / 11)) : 0,
  );
  const bytes = wavFile(samples);
  const path = temporary(name);
  writeFileSync(path, bytes);
  return path;
}
