import { VoiceLinguaError } from '../../domain/errors.js';
import type { AudioInfo } from '../../domain/transcript.js';
import type { AudioHandle, CancelToken, NativeBinding } from '../../native/binding.js';
import { FfmpegAudio } from '../ffmpeg/ffmpeg-audio.js';

const SAMPLE_RATE = 16_000;
/** What the built-in decoder does not know, or takes for damaged, but ffmpeg may read. */
const FOR_FFMPEG = new Set(['INPUT_UNSUPPORTED_FORMAT', 'INPUT_UNSUPPORTED_CODEC', 'INPUT_CORRUPT']);
/** Sound before the offset is decoded in pieces of this length and dropped. */
const SKIPPED_AT_ONCE = 10 * SAMPLE_RATE;

/** Yields 16 kHz mono samples. */
export interface SampleReader {
  readonly info: AudioInfo;
  /** Up to `buffer.length` samples; 0 at the end. */
  read(buffer: Float32Array, token: CancelToken): number | Promise<number>;
  warnings(): string[];
  close(): void;
}

export interface ReaderOptions {
  /** Command for what the native decoder cannot read; null to do without. */
  readonly ffmpeg: string | null;
  /** One channel, from 0; −1 mixes all. */
  readonly channel: number;
}

export async function openReader(native: NativeBinding, path: string, options: ReaderOptions): Promise<SampleReader> {
  try {
    return new NativeReader(native, path, options.channel);
  } catch (error) {
    if (!(error instanceof VoiceLinguaError) || !FOR_FFMPEG.has(error.code)) throw error;
    if (options.ffmpeg === null) throw error;
    return await FfmpegReader.open(options.ffmpeg, path, options.channel, error);
  }
}

class NativeReader implements SampleReader {
  readonly info: AudioInfo;
  readonly #native: NativeBinding;
  readonly #handle: AudioHandle;

  constructor(native: NativeBinding, path: string, channel: number) {
    this.#native = native;
    this.#handle = native.openAudio(path, { channel });
    const { container, codec, sampleRate, channels, duration } = native.audioInfo(this.#handle);
    this.info = {
      format: container,
      codec,
      sample_rate: sampleRate,
      channels,
      duration: Number.isFinite(duration) ? duration : null,
    };
  }

  read(buffer: Float32Array, token: CancelToken): number {
    return this.#native.readAudio(this.#handle, buffer, token);
  }

  warnings(): string[] {
    return this.#native.audioWarnings(this.#handle);
  }

  close(): void {
    this.#native.close(this.#handle);
  }
}

class FfmpegReader implements SampleReader {
  readonly info: AudioInfo = {
    format: 'ffmpeg',
    codec: 'ffmpeg',
    sample_rate: SAMPLE_RATE,
    channels: 1,
    duration: null,
  };
  readonly #audio: FfmpegAudio;
  #first: Float32Array | null;

  private constructor(audio: FfmpegAudio, first: Float32Array) {
    this.#audio = audio;
    this.#first = first;
  }

  /** Reads the first samples, so that what neither decoder knows fails here, with the native decoder's own reason. */
  static async open(
    command: string,
    path: string,
    channel: number,
    nativeError: VoiceLinguaError,
  ): Promise<FfmpegReader> {
    const audio = new FfmpegAudio(command, path, channel);
    const first = new Float32Array(SAMPLE_RATE);
    try {
      const count = await audio.read(first);
      return new FfmpegReader(audio, first.subarray(0, count));
    } catch (error) {
      audio.close();
      if (error instanceof VoiceLinguaError && error.code === 'INPUT_NO_AUDIO') throw error;
      throw nativeError;
    }
  }

  async read(buffer: Float32Array): Promise<number> {
    const first = this.#first;
    if (first === null || first.length === 0) return this.#audio.read(buffer);
    const count = Math.min(buffer.length, first.length);
    buffer.set(first.subarray(0, count));
    this.#first = first.subarray(count);
    return count;
  }

  warnings(): string[] {
    return this.#audio.warnings();
  }

  close(): void {
    this.#audio.close();
  }
}

/** A part of a recording: what comes before it is decoded and dropped, since not every container can be searched exactly. */
export class PartReader implements SampleReader {
  readonly #reader: SampleReader;
  #skip: number;
  #left: number;

  /** @param offset samples before the part; @param length of it, samples */
  constructor(reader: SampleReader, offset: number, length: number) {
    this.#reader = reader;
    this.#skip = offset;
    this.#left = length;
  }

  get info(): AudioInfo {
    return this.#reader.info;
  }

  async read(buffer: Float32Array, token: CancelToken): Promise<number> {
    while (this.#skip > 0) {
      const dropped = new Float32Array(Math.min(this.#skip, SKIPPED_AT_ONCE));
      const count = await this.#reader.read(dropped, token);
      if (count === 0) return 0;
      this.#skip -= count;
    }
    const room = Math.min(buffer.length, this.#left);
    if (room === 0) return 0;
    const count = await this.#reader.read(buffer.subarray(0, room), token);
    this.#left -= count;
    return count;
  }

  warnings(): string[] {
    return this.#reader.warnings();
  }

  close(): void {
    this.#reader.close();
  }
}
