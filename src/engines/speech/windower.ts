import type { SpeechDetector } from '../ports.js';
import { frameLevels } from './energy-detector.js';

const SAMPLE_RATE = 16_000;
const FRAME = 320;
/** Length over which a cut point is judged: long enough that the closure of a plosive is no pause. */
const PAUSE_FRAMES = 15;
/** A cut this much earlier than the limit must be one dB quieter. */
const DB_PER_SECOND_EARLIER = 0.5;
/** Silence kept before the first and after the last speech of a window, samples. */
const EDGE = 0.3 * SAMPLE_RATE;

export interface CutWindow {
  /** First sample, counted from the start of the recording. */
  readonly start: number;
  readonly samples: Float32Array;
  readonly speech: boolean;
}

/**
 * Cuts a stream of 16 kHz mono into windows of at most `maxSamples`, in the quietest pause of the last half of the
 * window, and leaves silence at a window's edges out. Holds one window of samples at most; the same samples give the
 * same windows however they arrive.
 */
export class Windower {
  readonly #max: number;
  readonly #detector: SpeechDetector;
  #buffer: Float32Array;
  #filled = 0;
  #offset = 0;

  constructor(maxSamples: number, detector: SpeechDetector) {
    this.#max = maxSamples;
    this.#detector = detector;
    this.#buffer = new Float32Array(maxSamples);
  }

  /** How many samples `push` takes before a window must be cut. */
  get room(): number {
    return this.#max - this.#filled;
  }

  /** Where the next samples go; at most {@link room} of them. */
  push(samples: Float32Array): void {
    this.#buffer.set(samples, this.#filled);
    this.#filled += samples.length;
  }

  /** The next window when the buffer is full, else null. */
  next(): CutWindow | null {
    if (this.#filled < this.#max) return null;
    return this.#take(this.#cutPoint());
  }

  /** What is left at the end of the recording, or null. */
  flush(): CutWindow | null {
    return this.#filled === 0 ? null : this.#take(this.#filled);
  }

  #cutPoint(): number {
    const levels = frameLevels(this.#buffer.subarray(0, this.#filled));
    const first = Math.floor(levels.length / 2);
    const last = levels.length - PAUSE_FRAMES;
    let best = last;
    let bestScore = Number.POSITIVE_INFINITY;
    for (let frame = first; frame <= last; frame++) {
      let loudest = Number.NEGATIVE_INFINITY;
      for (let i = frame; i < frame + PAUSE_FRAMES; i++) loudest = Math.max(loudest, levels[i] as number);
      const earlier = ((last - frame) * FRAME) / SAMPLE_RATE;
      const score = Math.max(loudest, -70) + earlier * DB_PER_SECOND_EARLIER;
      if (score <= bestScore) {
        bestScore = score;
        best = frame;
      }
    }
    return (best + Math.floor(PAUSE_FRAMES / 2)) * FRAME;
  }

  #take(length: number): CutWindow {
    const piece = this.#buffer.subarray(0, length);
    const spans = this.#detector.detect(piece);
    const from = Math.max(0, (spans[0]?.start ?? 0) - EDGE);
    const to = Math.min(length, (spans.at(-1)?.end ?? length) + EDGE);
    const window: CutWindow = {
      start: this.#offset + from,
      samples: piece.slice(from, to),
      speech: spans.length > 0,
    };
    this.#buffer.copyWithin(0, length, this.#filled);
    this.#filled -= length;
    this.#offset += length;
    return window;
  }
}
