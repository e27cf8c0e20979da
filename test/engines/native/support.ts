import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../../src/domain/errors.js';
import type { Fault } from '../../../src/engines/native/faults.js';
import type { HostSettings } from '../../../src/engines/native/host-main.js';
import type { ModelRef } from '../../../src/engines/native/lane-models.js';
import { type HostDescription, LocalHost, type LocalHostOptions } from '../../../src/engines/native/local-host.js';
import { type CallOwner, NativeDecoder, NativeRecognizer } from '../../../src/engines/native/native-engines.js';
import type { AudioStream, PcmWindow } from '../../../src/engines/ports.js';
import { entryUrl } from '../../../src/package/files.js';
import { ChildHost, type ChildHostOptions } from '../../../src/pool/child-host.js';
import type { Pool } from '../../../src/pool/pool.js';
import { wavFile } from '../../fixtures/wav.js';
import { makeWhisperGgml, TINY_WHISPER, type WhisperShape, writeCt2Folder } from '../../native/addon-models.js';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const SENTENCE = join(ROOT, 'test/fixtures/audio/sentence.wav');
export const DEMO_SPEECH = join(ROOT, 'models/demo-stt/ggml-demo-stt.bin');
export const DEMO_TRANSLATION = join(ROOT, 'models/demo-mt');

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-host-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export function temporary(name: string): string {
  return join(folder, name);
}

/** A real Whisper file whose text is known beforehand; see addon-models.ts. */
export function scriptedModel(shape: Partial<WhisperShape> = {}, seed = 7): string {
  const path = temporary(`ggml-${seed}-${JSON.stringify(shape).replace(/\W+/g, '-')}.bin`);
  if (!existsSync(path)) writeFileSync(path, makeWhisperGgml({ ...TINY_WHISPER, ...shape }, seed).bytes);
  return path;
}

export function scriptedTranslator(): string {
  const path = temporary('ct2-scripted');
  if (!existsSync(path)) {
    mkdirSync(path);
    writeCt2Folder(path);
  }
  return path;
}

/** WAV of a tone with pauses, `seconds` long. */
export function toneFile(seconds: number): string {
  const path = temporary(`tone-${seconds}.wav`);
  const rate = 16_000;
  const samples = Int16Array.from({ length: Math.round(seconds * rate) }, (_, i) =>
    (i / rate) % 4 < 3 ? Math.round(9000 * Math.sin(i / 11)) : 0,
  );
  if (!existsSync(path)) writeFileSync(path, wavFile(samples));
  return path;
}

export function modelRef(path: string, tokenizer: string | null = null): ModelRef {
  return { path, device: 'cpu', deviceIndex: 0, computeType: 'default', tokenizer };
}

const SETTINGS = { device: 'cpu', modelMemory: 2 ** 34, modelIdleMs: 600_000 } as const;

export async function withLocalHost(
  use: (host: LocalHost) => Promise<void>,
  options: Partial<LocalHostOptions> = {},
): Promise<void> {
  const host = new LocalHost({ ...SETTINGS, ...options });
  try {
    await use(host);
  } finally {
    await host.close();
  }
}

export interface ChildOptions extends Partial<ChildHostOptions> {
  readonly settings?: Partial<HostSettings>;
  /** What goes wrong in the host. */
  readonly faults?: readonly Fault[];
}

/** A real engine host; its faults are told it by the environment, as it starts. */
export async function withChildHost(
  use: (host: ChildHost) => Promise<void>,
  { settings, faults, ...options }: ChildOptions = {},
): Promise<void> {
  const host = new ChildHost({
    entry: entryUrl('engines/native/host-main', 'cjs'),
    args: (generation) => [JSON.stringify({ ...SETTINGS, parent: process.pid, log: false, ...settings, generation })],
    recycleTasks: 1000,
    recycleGrowth: 2 ** 30,
    ...options,
  });
  if (faults !== undefined) process.env.VOICELINGUA_TEST_FAULTS = JSON.stringify(faults);
  try {
    await use(host);
  } finally {
    await host.close();
    delete process.env.VOICELINGUA_TEST_FAULTS;
  }
}

export function owner(group: string): CallOwner {
  return { group, priority: 0, label: `text of ${group}` };
}

export function recognizer(pool: Pool, group: string, model: string): NativeRecognizer {
  return new NativeRecognizer(pool, modelRef(model), 'test model', 1, owner(group));
}

/** Opens a recording and gives its first windows with speech. */
export async function openWindows(
  pool: Pool,
  group: string,
  path: string,
  count = 1,
  maxWindowSeconds = 30,
): Promise<{ stream: AudioStream; windows: PcmWindow[] }> {
  const stream = await new NativeDecoder(pool, { ffmpeg: 'ffmpeg', detector: null }, owner(group)).open(
    { kind: 'file', path },
    // Tones are no speech to a detector.
    { maxWindowSeconds, detection: false },
  );
  const windows: PcmWindow[] = [];
  while (windows.length < count) {
    const window = await stream.nextWindow();
    if (window === null) throw new Error(`${path} has no ${count} windows with speech`);
    if (window.speech) windows.push(window);
  }
  return { stream, windows };
}

export function describe(pool: Pool): Promise<HostDescription> {
  return pool.run<HostDescription>({ method: 'describe', params: {} });
}

export async function rejection(promise: Promise<unknown>): Promise<VoiceLinguaError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof VoiceLinguaError) return error;
    throw error;
  }
  throw new Error('expected a rejection');
}

/** Waits for what another thread or process does in its own time. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  for (const end = performance.now() + ms; !(await holds()); await delay(20)) {
    assert.ok(performance.now() < end, what);
  }
}

export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Processes that a process started, whichever of its threads did. Linux. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((candidate) => candidate > 0 && parentOf(candidate) === pid);
}

function parentOf(pid: number): number | null {
  try {
    // "pid (name) state ppid …", where a name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
