import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../../tools/build/lib/cache.mjs';
import { twinPath, twinsFolder } from '../../tools/twins/make-twins.mjs';
import { command } from './measure.mjs';

export const ROOT = join(import.meta.dirname, '..', '..');
export const WORK = join(cacheRoot(), 'bench');
const RATE = 16_000;

/** whisper-cli of the addon's own whisper.cpp tree and flags, built when it is not there. */
export async function whisperCli() {
  const { stdout } = await command(process.execPath, [join(ROOT, 'tools/build/whisper-cli.mjs')]);
  return stdout.trim().split('\n').at(-1);
}

/** The first twin of these Whisper sizes that was made (tools/twins), else the demo model. */
export function speechModel(...sizes) {
  const folder = twinsFolder();
  for (const size of folder === null ? [] : sizes) {
    const path = twinPath(folder, size);
    if (existsSync(path)) return { name: `${size} twin, f16`, path };
  }
  return { name: 'demo-stt', path: join(ROOT, 'models/demo-stt/ggml-demo-stt.bin') };
}

/** A WAV of `seconds` put together from the demo's recordings with pauses between them. */
export function speechFile(seconds) {
  mkdirSync(WORK, { recursive: true });
  const path = join(WORK, `speech-${seconds}s.wav`);
  if (existsSync(path)) return path;
  const folder = join(ROOT, 'tools/demo/recordings');
  const clips = ['train-platform', 'conference', 'restaurant', 'code', 'ticket'].map((name) =>
    readFileSync(join(folder, `${name}.wav`)).subarray(44),
  );
  const samples = Buffer.alloc(seconds * RATE * 2);
  for (let at = 0, next = 0; at < samples.length; next++) {
    const clip = clips[next % clips.length];
    clip.copy(samples, at);
    at += clip.length + RATE;
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  writeFileSync(path, Buffer.concat([header, samples]));
  return path;
}

/** The compiled library, as a user of the package gets it. */
export function library() {
  return import(join(ROOT, 'dist/index.js'));
}

let stores = 0;

/** An instance with a store of its own, so that no run is answered from an earlier one. */
export async function open(options) {
  const { openVoiceLingua } = await library();
  return openVoiceLingua({ store: join(WORK, `store-${process.pid}-${stores++}.sqlite`), ...options });
}
