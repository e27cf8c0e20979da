import { VoiceLinguaError } from '../../domain/errors.js';
import type { WindowSpan } from '../../domain/segment.js';
import type { AudioInfo } from '../../domain/transcript.js';
import type { AudioHandle, CancelToken, NativeBinding } from '../../native/binding.js';
import { FfmpegAudio } from '../ffmpeg/ffmpeg-audio.js';
import type { AudioSummary } from '../ports.js';
import { EnergyDetector } from '../speech/energy-detector.js';
import { type CutWindow, Windower } from '../speech/windower.js';

const SAMPLE_RATE = 16_000;
const CHUNK_SECONDS = 10;
/** Longest recording that the sequential strategy takes as one piece (four hours, 0.9 GB of samples). */
const SEQUENTIAL_LIMIT_SECONDS = 4 * 3600;
/** What the built-in decoder does not know, or takes for damaged, but ffmpeg may read. */
const FOR_FFMPEG = new Set(['INPUT_UNSUPPORTED_FORMAT', 'INPUT_UNSUPPORTED_CODEC', 'INPUT_CORRUPT']);

/** Yields 16 kHz mono samples. */
interface SampleReader {
  readonly info: AudioInfo;
  read(buffer: Float32Array, token: CancelToken): number | Promise<number>;
  warnings(): string[];
  close(): void;
}

export interface WindowSourceOptions {
  readonly maxWindowSeconds: number;
  readonly strategy: 'windowed' | 'sequential';
  /** Command for what the native decoder cannot read; null to do without. */
  readonly ffmpeg: string | null;
}

/** 16 kHz mono samples of one window. The receiver owns the buffer. */
export interface DecodedWindow {
  readonly span: WindowSpan;
  readonly samples: Float32Array;
  /** False when the detector heard no speech in it. */
  readonly speech: boolean;
}

/** A recording, decoded and cut into windows on the thread it lives on. */
export class WindowSource {
  readonly #reader: SampleReader;
  readonly #windower: Windower | null;
  #index = 0;
  #samples = 0;
  #ended = false;

  private constructor(reader: SampleReader, options: WindowSourceOptions) {
    this.#reader = reader;
    this.#windower =
      options.strategy === 'sequential'
        ? null
        : new Windower(Math.round(options.maxWindowSeconds * SAMPLE_RATE), new EnergyDetector());
  }

  static async open(native: NativeBinding, path: string, options: WindowSourceOptions): Promise<WindowSource> {
    return new WindowSource(await openReader(native, path, options.ffmpeg), options);
  }

  get info(): AudioInfo {
    return this.#reader.info;
  }

  summary(): AudioSummary {
    return { seconds: this.#samples / SAMPLE_RATE, warnings: this.#reader.warnings() };
  }

  async next(token: CancelToken): Promise<DecodedWindow | null> {
    const cut = this.#windower === null ? await this.#whole(token) : await this.#cut(this.#windower, token);
    if (cut === null) return null;
    const start = cut.start / SAMPLE_RATE;
    const span = { index: this.#index++, start, end: start + cut.samples.length / SAMPLE_RATE };
    return { span, samples: cut.samples, speech: cut.speech };
  }

  close(): void {
    this.#reader.close();
  }

  async #cut(windower: Windower, token: CancelToken): Promise<CutWindow | null> {
    const chunk = new Float32Array(CHUNK_SECONDS * SAMPLE_RATE);
    while (!this.#ended) {
      const window = windower.next();
      if (window !== null) return window;
      const count = await this.#read(chunk.subarray(0, windower.room), token);
      if (count === 0) this.#ended = true;
      else windower.push(chunk.subarray(0, count));
    }
    return windower.flush();
  }

  async #read(buffer: Float32Array, token: CancelToken): Promise<number> {
    const count = await this.#reader.read(buffer, token);
    this.#samples += count;
    return count;
  }

  async #whole(token: CancelToken): Promise<CutWindow | null> {
    if (this.#ended) return null;
    const chunks: Float32Array[] = [];
    let total = 0;
    for (;;) {
      const chunk = new Float32Array(CHUNK_SECONDS * SAMPLE_RATE);
      const count = await this.#read(chunk, token);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      total += count;
      if (total > SEQUENTIAL_LIMIT_SECONDS * SAMPLE_RATE) {
        throw new VoiceLinguaError(
          'INPUT_TOO_LARGE',
          'The recording is longer than 4 hours, too long for the sequential strategy. Use the windowed strategy.',
        );
      }
    }
    this.#ended = true;
    const samples = new Float32Array(total);
    let offset = 0;
    for (const chunk of chunks) {
      samples.set(chunk, offset);
      offset += chunk.length;
    }
    return { start: 0, samples, speech: total > 0 };
  }
}

async function openReader(native: NativeBinding, path: string, ffmpeg: string | null): Promise<SampleReader> {
  try {
    return new NativeReader(native, path);
  } catch (error) {
    if (!(error instanceof VoiceLinguaError) || !FOR_FFMPEG.has(error.code)) throw error;
    if (ffmpeg === null) throw error;
    return await FfmpegReader.open(ffmpeg, path, error);
  }
}

class NativeReader implements SampleReader {
  readonly info: AudioInfo;
  readonly #native: NativeBinding;
  readonly #handle: AudioHandle;

  constructor(native: NativeBinding, path: string) {
    this.#native = native;
    this.#handle = native.openAudio(path, { channel: -1 });
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
  static async open(command: string, path: string, nativeError: VoiceLinguaError): Promise<FfmpegReader> {
    const audio = new FfmpegAudio(command, path);
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
