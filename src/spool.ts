import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkDiskSpace } from './admission/disk-space.js';
import { VoiceLinguaError } from './domain/errors.js';
import { sweepLeftovers, temporaryPrefix } from './formats/temporary-names.js';

/** A recording that came as bytes, samples or a stream, as a file of its own; removed by {@link remove}. */
export interface SpooledRecording {
  readonly path: string;
  remove(): Promise<void>;
}

const SAMPLE_RATE = 16_000;

/**
 * Writes a recording that is not a file into a private temporary folder, so that one path through decoder, store and
 * worker threads serves every source, and long streams need no memory.
 */
export async function spool(
  source: Uint8Array | Float32Array | Readable,
  signal?: AbortSignal,
): Promise<SpooledRecording> {
  await checkDiskSpace(tmpdir(), source instanceof Readable ? 0 : source.byteLength);
  await sweepLeftovers(tmpdir());
  const folder = await mkdtemp(join(tmpdir(), temporaryPrefix()));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    if (source instanceof Float32Array) {
      const path = join(folder, 'samples.wav');
      await writeFile(path, waveFile(source), { signal });
      return { path, remove };
    }
    const path = join(folder, 'recording');
    if (source instanceof Readable) {
      await pipeline(source, createWriteStream(path), ...(signal === undefined ? [] : [{ signal }]));
    } else await writeFile(path, source, { signal });
    return { path, remove };
  } catch (error) {
    await remove();
    if (signal?.aborted) throw signal.reason;
    const reason = error instanceof Error ? error.message : String(error);
    throw new VoiceLinguaError('INPUT_READ_FAILED', `The recording could not be read: ${reason}.`, { cause: error });
  }
}

/** 32-bit float WAV (format tag 3), so that samples reach the recognizer bit for bit. */
function waveFile(samples: Float32Array): Uint8Array {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(3, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(32, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}
