import { readFileSync, writeFileSync } from 'node:fs';

/** A clip that the long recording is put together from. */
export interface Clip {
  readonly path: string;
  readonly text: string;
}

const RATE = 16_000;
const HEADER_BYTES = 44;

/**
 * Writes a recording of at least `seconds` from short ones: the clips in changing order with pauses between them, as
 * 16 kHz mono WAV. The same clips and seed give the same bytes.
 * @returns what is said in it
 */
export function writeLongRecording(path: string, clips: readonly Clip[], seconds: number, seed = 1): string {
  const random = randomSource(seed);
  const samples = clips.map((clip) => readSamples(clip.path));
  const parts: Int16Array[] = [];
  const texts: string[] = [];
  let length = 0;
  const add = (part: Int16Array) => {
    parts.push(part);
    length += part.length;
  };
  while (length < seconds * RATE) {
    for (const index of shuffled(clips.length, random)) {
      add(samples[index] ?? new Int16Array());
      texts.push(clips[index]?.text ?? '');
      add(new Int16Array(Math.round((0.7 + random()) * RATE)));
    }
  }
  writeFileSync(
    path,
    Buffer.concat([
      wavHeader(length),
      ...parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
    ]),
  );
  return texts.join(' ');
}

function readSamples(path: string): Int16Array {
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') throw notOurs(path);
  let samples: Int16Array | null = null;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + size);
    if (name === 'fmt ') {
      if (body.length < 16) throw notOurs(path);
      const [codec, channels, rate, bits] = [
        body.readUInt16LE(0),
        body.readUInt16LE(2),
        body.readUInt32LE(4),
        body.readUInt16LE(14),
      ];
      if (codec !== 1 || channels !== 1 || rate !== RATE || bits !== 16) throw notOurs(path);
    }
    if (name === 'data') {
      samples = Int16Array.from({ length: Math.floor(body.length / 2) }, (_, index) => body.readInt16LE(index * 2));
    }
    at += 8 + size + (size % 2);
  }
  if (samples === null) throw notOurs(path);
  return samples;
}

const notOurs = (path: string): Error => new Error(`"${path}" is not 16 kHz mono 16-bit WAV.`);

function wavHeader(samples: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + samples * 2, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples * 2, 40);
  return header;
}

/** mulberry32: small, and good enough to vary an order. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let at = length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other] ?? other, order[at] ?? at];
  }
  return order;
}
