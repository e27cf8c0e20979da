import { VoiceLinguaError } from '../../domain/errors.js';
import type { WindowPiece, WindowSpan } from '../../domain/segment.js';
import type { AudioInfo } from '../../domain/transcript.js';
import { detectsSpeech } from '../../domain/transcription-options.js';
import type { CancelToken, NativeBinding } from '../../native/binding.js';
import type { AudioSummary, PcmWindow, SpeechDetector, WindowOptions } from '../ports.js';
import { AllSpeech } from '../speech/all-speech.js';
import { type CutWindow, Windower } from '../speech/windower.js';
import { NativeDetector } from './native-detector.js';
import { openReader, PartReader, type SampleReader } from './sample-readers.js';

const SAMPLE_RATE = 16_000;
/** Sound that is decoded at once. */
const CHUNK_SECONDS = 2;
/** Longest recording that the sequential strategy takes as one piece (four hours, 0.9 GB of samples). */
const SEQUENTIAL_LIMIT_SECONDS = 4 * 3600;
const WINDOW_SECONDS = 30;

export interface WindowSourceOptions extends WindowOptions {
  /** Command for what the native decoder cannot read; null to do without. */
  readonly ffmpeg: string | null;
  /** Silero's weights as a ggml file; null for the detector that is built in. */
  readonly detector: string | null;
}

export interface DecodedWindow extends Omit<PcmWindow, 'window'> {
  /** Number of the samples that the addon keeps until they are dropped, or the source is closed; 0 for a window without speech. */
  readonly samples: number;
}

/** A recording, decoded and cut into windows on the thread it lives on. */
export class WindowSource {
  readonly #reader: SampleReader;
  readonly #detector: SpeechDetector;
  readonly #windower: Windower | null;
  readonly #offset: number;
  /** Whether spans tell speech from silence. */
  readonly #detects: boolean;
  readonly #native: NativeBinding;
  /** Numbers of samples that were given out. */
  readonly #given: number[] = [];
  readonly #chunk = new Float32Array(CHUNK_SECONDS * SAMPLE_RATE);
  #index = 0;
  #samples = 0;
  #ended = false;

  private constructor(
    native: NativeBinding,
    reader: SampleReader,
    detector: SpeechDetector,
    options: WindowSourceOptions,
  ) {
    this.#native = native;
    const { offset = 0, duration, strategy, detection } = options;
    const part = offset > 0 || duration !== undefined;
    this.#offset = Math.round(offset * SAMPLE_RATE);
    const length = Math.round((duration ?? Number.POSITIVE_INFINITY) * SAMPLE_RATE);
    this.#reader = part ? new PartReader(reader, this.#offset, length) : reader;
    this.#detector = detector;
    this.#detects = detection !== false;
    this.#windower = strategy === 'sequential' ? null : windowerFor(detector, options);
  }

  /** @throws {VoiceLinguaError} what the decoder says of the file, or `MODEL_…` of the detector's weights */
  static async open(native: NativeBinding, path: string, options: WindowSourceOptions): Promise<WindowSource> {
    const { ffmpeg, channel = -1 } = options;
    const reader = await openReader(native, path, { ffmpeg, channel });
    try {
      const detector = detectsSpeech(options) ? new NativeDetector(native, options.detector) : new AllSpeech();
      return new WindowSource(native, reader, detector, options);
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  get info(): AudioInfo {
    return this.#reader.info;
  }

  /** Seconds include what was skipped before the offset. */
  summary(): AudioSummary {
    return { seconds: (this.#offset + this.#samples) / SAMPLE_RATE, warnings: this.#reader.warnings() };
  }

  async next(token: CancelToken): Promise<DecodedWindow | null> {
    if (this.#detector instanceof NativeDetector) this.#detector.token = token;
    const cut = this.#windower === null ? await this.#whole(token) : await this.#cut(this.#windower, token);
    return cut === null ? null : this.#decoded(cut);
  }

  close(): void {
    // A window whose answer met nobody any more was never dropped.
    for (const number of this.#given) this.#native.dropSamples(number);
    this.#detector.close();
    this.#reader.close();
  }

  #decoded(cut: CutWindow): DecodedWindow {
    const { speech, pieces, spans } = cut;
    const seconds = (sample: number): number => (this.#offset + sample) / SAMPLE_RATE;
    const placed = pieces.map(({ at, start, end }): WindowPiece => {
      return { at: at / SAMPLE_RATE, start: seconds(start), end: seconds(end) };
    });
    const span: WindowSpan = {
      index: this.#index++,
      start: placed[0]?.start ?? 0,
      end: placed.at(-1)?.end ?? 0,
    };
    return {
      span,
      samples: speech ? this.#keep(cut) : 0,
      speech,
      pieces: placed,
      ...(this.#detects && this.#windower !== null
        ? { spans: spans.map(({ start, end }) => ({ start: seconds(start), end: seconds(end) })) }
        : {}),
    };
  }

  #keep(cut: CutWindow): number {
    const windower = this.#windower;
    const number = this.#native.keepSamples(cut.samples, windower === null);
    windower?.reuse(cut);
    this.#given.push(number);
    return number;
  }

  async #cut(windower: Windower, token: CancelToken): Promise<CutWindow | null> {
    const chunk = this.#chunk;
    for (;;) {
      const window = windower.next();
      if (window !== null || this.#ended) return window;
      const count = await this.#read(chunk, token);
      if (count > 0) {
        const samples = chunk.subarray(0, count);
        windower.push(samples, this.#detector.detect(samples));
      } else {
        this.#ended = true;
        windower.end(this.#detector.flush());
      }
    }
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
      const count = await this.#read(this.#chunk, token);
      if (count === 0) break;
      chunks.push(this.#chunk.slice(0, count));
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
    return { samples, speech: total > 0, pieces: [{ at: 0, start: 0, end: total }], spans: [] };
  }
}

function windowerFor(detector: SpeechDetector, options: WindowSourceOptions): Windower {
  const { maxWindowSeconds = WINDOW_SECONDS, maxGapSeconds = 2, detection = {} } = options;
  const given = detection === false ? {} : detection;
  const samples = (seconds: number): number => Math.round(seconds * SAMPLE_RATE);
  return new Windower({
    frame: detector.frameSamples,
    threshold: given.threshold ?? detector.defaultThreshold,
    minSpeech: samples((given.minSpeechDurationMs ?? 250) / 1000),
    minSilence: samples((given.minSilenceDurationMs ?? 100) / 1000),
    maxSpeech: samples(given.maxSpeechDurationS ?? maxWindowSeconds),
    pad: samples((given.speechPadMs ?? 30) / 1000),
    overlap: samples(given.samplesOverlap ?? 0.1),
    maxWindow: samples(maxWindowSeconds),
    maxGap: samples(maxGapSeconds),
  });
}
