const SAMPLE_RATE = 16_000;
/** Spans that are nearer to each other than this are one, as in whisper.cpp. */
const MERGE_SAMPLES = 0.2 * SAMPLE_RATE;
/** Silence from which a span that has become too long may be cut there, as in Silero's own code. */
const CUT_SILENCE_SAMPLES = Math.floor(0.098 * SAMPLE_RATE);
/** Speech ends when the probability falls this far below the threshold at which it began. */
const HYSTERESIS = 0.15;
const LOWEST_THRESHOLD = 0.01;

/** Settings of whisper.cpp (`whisper_vad_params`), in samples. */
export interface SpanSettings {
  /** Samples of a frame, of which each probability is. */
  readonly frame: number;
  readonly threshold: number;
  readonly minSpeech: number;
  readonly minSilence: number;
  /** Longer speech is cut in a silence; without one where {@link cut} says. */
  readonly maxSpeech: number;
  readonly pad: number;
  /** A span is given out when so much has come after it. Defaults to what the rules need. */
  readonly settle?: number;
  /** Where to cut speech without a silence that has gone on from `start` to `end`. Defaults to `end`. */
  readonly cut?: (start: number, end: number) => number;
}

/** Half-open range of samples. */
export interface SampleSpan {
  readonly start: number;
  readonly end: number;
}

/** Speech as it was heard, and with its padding. */
export interface SpeechSpan extends SampleSpan {
  readonly heard: SampleSpan;
}

/**
 * Finds speech in a stream of probabilities, by the rules of whisper.cpp's `whisper_vad_segments_from_probs`. A span comes out once
 * nothing that follows can change it, except for its padding, which the neighbours share where they are near.
 */
export class SpeechSpans {
  readonly #settings: SpanSettings;
  readonly #negative: number;
  #frames = 0;
  /** Start of the speech in progress. */
  #start: number | null = null;
  /** Where the silence began that may end it; 0 for none. */
  #silence = 0;
  #cut = 0;
  #next = 0;
  /** The last span found, to which the next one may still be joined. */
  #last: SampleSpan | null = null;
  #ready: SampleSpan[] = [];
  #lastEnd = Number.NEGATIVE_INFINITY;

  constructor(settings: SpanSettings) {
    this.#settings = settings;
    this.#negative = Math.max(LOWEST_THRESHOLD, settings.threshold - HYSTERESIS);
  }

  /** Samples whose probabilities have come. */
  get heard(): number {
    return this.#frames * this.#settings.frame;
  }

  /** Start, with padding, of speech that has come and is not given out yet; null for none. */
  get pending(): number | null {
    const first = this.#ready[0] ?? this.#last ?? (this.#start === null ? null : { start: this.#start });
    return first === null ? null : Math.max(0, this.#lastEnd, first.start - this.#settings.pad);
  }

  push(probabilities: Float32Array): void {
    for (const probability of probabilities) this.#frame(probability);
    this.#release(false);
  }

  /** Nothing more comes. */
  end(): void {
    const { minSpeech } = this.#settings;
    if (this.#start !== null && this.heard - this.#start > minSpeech) this.#add(this.#start, this.heard);
    this.#start = null;
    this.#release(true);
  }

  /** The spans that are final, in order, each once; padding does not reach over `total` samples. */
  take(total = Number.POSITIVE_INFINITY): SpeechSpan[] {
    const taken: SpeechSpan[] = [];
    const { pad } = this.#settings;
    for (const [index, { start, end }] of this.#ready.entries()) {
      const next = this.#ready[index + 1]?.start ?? this.#last?.start ?? this.#start ?? Number.POSITIVE_INFINITY;
      const after = next - end < 2 * pad ? Math.floor(Math.max(0, next - end) / 2) : pad;
      const span = { start: Math.max(0, this.#lastEnd, start - pad), end: Math.min(total, end + after) };
      taken.push({ ...span, heard: { start, end: Math.min(total, end) } });
      this.#lastEnd = span.end;
    }
    this.#ready = [];
    return taken;
  }

  #frame(probability: number): void {
    const { threshold, minSilence, minSpeech, maxSpeech, frame } = this.#settings;
    const at = this.#frames++ * frame;
    const loud = probability >= threshold;
    if (loud && this.#silence !== 0) {
      this.#silence = 0;
      if (this.#next < this.#cut) this.#next = at;
    }
    if (loud && this.#start === null) {
      this.#start = at;
      return;
    }
    if (this.#start !== null && at - this.#start > maxSpeech) this.#divide(this.#start, at);
    if (probability >= this.#negative || this.#start === null) return;
    if (this.#silence === 0) this.#silence = at;
    if (at - this.#silence > CUT_SILENCE_SAMPLES) this.#cut = this.#silence;
    if (at - this.#silence < minSilence) return;
    if (this.#silence - this.#start > minSpeech) this.#add(this.#start, this.#silence);
    this.#stop();
  }

  /** Speech has become too long. */
  #divide(start: number, at: number): void {
    if (this.#cut === 0) {
      const cut = Math.min(at, Math.max(start + 1, this.#settings.cut?.(start, at) ?? at));
      this.#add(start, cut);
      this.#start = cut;
    } else {
      this.#add(start, this.#cut);
      // The silence at the cut may go on.
      this.#start = this.#next < this.#cut ? null : this.#next;
    }
    this.#cut = this.#next = this.#silence = 0;
  }

  #stop(): void {
    this.#cut = this.#next = this.#silence = 0;
    this.#start = null;
  }

  #add(start: number, end: number): void {
    const last = this.#last;
    if (last !== null && start - last.end < MERGE_SAMPLES && !this.#tooLong(last.start, end)) {
      this.#last = { start: last.start, end };
      return;
    }
    this.#flushLast();
    this.#last = { start, end };
  }

  /** A cut would be undone by joining its two sides. */
  #tooLong(start: number, end: number): boolean {
    return end - start > this.#settings.maxSpeech;
  }

  #flushLast(): void {
    const last = this.#last;
    this.#last = null;
    if (last !== null && last.end - last.start >= this.#settings.minSpeech) this.#ready.push(last);
  }

  #release(all: boolean): void {
    const last = this.#last;
    if (last === null) return;
    const next = this.#start ?? this.heard;
    const { pad, settle = 0 } = this.#settings;
    const apart = next - last.end >= Math.max(MERGE_SAMPLES, 2 * pad, settle);
    // What follows a cut cannot be joined to it.
    const whole = this.#tooLong(last.start, this.heard) && this.heard - last.end >= settle;
    if (all || apart || whole) this.#flushLast();
  }
}
