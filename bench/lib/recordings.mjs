/** Recordings for benchmarks, put together from the demo's: speech that a detector finds, as long as is wanted. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, WORK } from './paths.mjs';

const RATE = 16_000;
const NAMES = ['train-platform', 'conference', 'restaurant', 'code', 'ticket'];
/** Two clips of a set begin so far apart in the endless speech that they are cut from, so that no two are alike. */
const CLIP_STEP = 0.37 * RATE;

/** A WAV of `seconds`, with pauses of a second between sentences. */
export function speechFile(seconds) {
  return once(`speech-${seconds}s.wav`, () => endless(seconds * RATE, 0, RATE));
}

/** `count` WAVs of `seconds`, each full of speech, no two alike. */
export function speechClips(count, seconds) {
  return Array.from({ length: count }, (_, index) =>
    once(`clip-${seconds}s-${index}.wav`, () => endless(seconds * RATE, Math.round(index * CLIP_STEP), 0)),
  );
}

/** Bytes of samples from the sentences said again and again, with `pause` samples between them. */
function endless(samples, from, pause) {
  const clips = NAMES.map((name) => readFileSync(join(ROOT, 'tools/demo/recordings', `${name}.wav`)).subarray(44));
  const bytes = Buffer.alloc((from + samples) * 2);
  for (let at = 0, next = 0; at < bytes.length; next++) {
    const clip = clips[next % clips.length];
    clip.copy(bytes, at);
    at += clip.length + pause * 2;
  }
  return bytes.subarray(from * 2);
}

function once(name, samples) {
  mkdirSync(WORK, { recursive: true });
  const path = join(WORK, name);
  if (!existsSync(path)) writeFileSync(path, wav(samples()));
  return path;
}

function wav(samples) {
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
  return Buffer.concat([header, samples]);
}
