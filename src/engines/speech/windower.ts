import { quietestPause } from './levels.js';
import { type SampleSpan, type SpanSettings, type SpeechSpan, SpeechSpans } from './speech-spans.js';

const SAMPLE_RATE = 16_000;
const SAMPLE_BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Sound kept before the first and after the last speech of a window, samples. */
const EDGE = 0.3 * SAMPLE_RATE;
/** Room for a chunk of sound; a long recording makes it larger as it needs. */
const LEAST_BUFFER = 4 * SAMPLE_RATE;
/** Longer silence ends a window, so that what was said before it is not held back. */
const LONGEST_PAUSE = 30 * SAMPLE_RATE;

export interface WindowerSettings extends Omit<SpanSettings, 'settle' | 'cut'> {
  /** Longest window, samples. */
  readonly maxWindow: number;
  /** Longer silence between two pieces of speech is shortened to this, samples. */
  readonly maxGap: number;
  /** Speech that had to be cut goes on so much longer in the window before the cut, samples. */
  readonly overlap: number;
}

/** A part of the recording in a window, samples: what stands `at` in the window is `start` to `end` of the recording. */
export interface SamplePiece extends SampleSpan {
  readonly at: number;
}

export interface CutWindow {
  /** On memory that {@link Windower.reuse} takes back. */
  readonly samples: Float32Array;
  readonly speech: boolean;
  readonly pieces: readonly SamplePiece[];
  /** Speech as it was heard, samples of the recording. */
  readonly spans: readonly SampleSpan[];
}

interface OpenWindow {
  readonly sound: Float32Array;
  filled: number;
  readonly pieces: Array<{ readonly at: number; readonly start: number; end: number }>;
  readonly spans: SampleSpan[];
}

/**
 * Cuts a stream of 16 kHz mono into windows, by the probabilities of speech that come with it: as much speech as fits goes into a
 * window, long silence is shortened or left out. The same samples give the same windows however they arrive. What is held does not
 * grow with the length of the stream: a window, and the speech or silence that is not decided on yet.
 */
export class Windower {
  readonly #settings: WindowerSettings;
  readonly #spans: SpeechSpans;
  #buffer = new Float32Array(LEAST_BUFFER);
  /** Place of the buffer's first sample in the recording, and how many there are. */
  #from = 0;
  #held = 0;
  #window: OpenWindow | null = null;
  /** End of what went into windows. */
  #given = 0;
  #ready: CutWindow[] = [];
  /** Memory for the next window. */
  #spare: Float32Array | null = null;

  constructor(settings: WindowerSettings) {
    this.#settings = settings;
    const { maxWindow, maxSpeech } = settings;
    this.#spans = new SpeechSpans({
      ...settings,
      maxSpeech: Math.min(maxSpeech, maxWindow - 2 * EDGE - 2 * settings.pad),
      settle: EDGE,
      cut: (start, end) => start + quietestPause(this.#sound(start, end)),
    });
  }

  /** Samples that are held, for tests of what is promised above. */
  get held(): number {
    return this.#held + (this.#window?.filled ?? 0);
  }

  /** @param probabilities of the frames that are whole with these samples, in order */
  push(samples: Float32Array, probabilities: Float32Array): void {
    this.#keep(samples);
    for (let frame = 0; frame < probabilities.length; frame++) {
      this.#spans.push(probabilities.subarray(frame, frame + 1));
      for (const span of this.#spans.take()) this.#place(span);
      this.#pause();
    }
    this.#forget();
  }

  /** Nothing more comes but the probability of the last frame, which the samples may not fill. */
  end(probabilities: Float32Array): void {
    this.push(new Float32Array(0), probabilities);
    this.#spans.end();
    const total = this.#from + this.#held;
    for (const span of this.#spans.take(total)) this.#place(span);
    this.#close(total);
    if (this.#given === 0 && total > 0) this.#silence(total);
  }

  /** The next window that is whole, or null. */
  next(): CutWindow | null {
    return this.#ready.shift() ?? null;
  }

  /** Takes back the memory of a window whose samples nobody reads any more: garbage of megabytes stays for long. */
  reuse({ samples }: CutWindow): void {
    if (samples.buffer.byteLength === this.#settings.maxWindow * SAMPLE_BYTES) {
      this.#spare = new Float32Array(samples.buffer as ArrayBuffer);
    }
  }

  #keep(samples: Float32Array): void {
    const needed = this.#held + samples.length;
    if (needed > this.#buffer.length) {
      // A piece of speech that fills a window waits in it, and the silence that ends it; seldom more.
      const usual = this.#settings.maxWindow + LEAST_BUFFER;
      const larger = new Float32Array(needed > usual ? 2 * needed : Math.min(2 * needed, usual));
      larger.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = larger;
    }
    this.#buffer.set(samples, this.#held);
    this.#held += samples.length;
  }

  /** Lets go of what no window will need. */
  #forget(): void {
    const { pending, heard } = this.#spans;
    const { pad } = this.#settings;
    const needed = this.#window === null ? Math.max(this.#given, (pending ?? heard - pad) - EDGE) : this.#given;
    const passed = Math.min(this.#held, needed - this.#from);
    if (passed <= 0) return;
    this.#buffer.copyWithin(0, passed, this.#held);
    this.#from += passed;
    this.#held -= passed;
  }

  #sound(start: number, end: number): Float32Array {
    return this.#buffer.subarray(start - this.#from, Math.min(this.#held, end - this.#from));
  }

  #place(span: SpeechSpan): void {
    const { maxWindow, maxGap } = this.#settings;
    const length = span.end - span.start;
    const gap = span.start - this.#given;
    if (this.#window !== null && this.#window.filled + Math.min(gap, maxGap) + length + EDGE > maxWindow) {
      this.#close(span.start);
    }
    if (this.#window === null) {
      this.#open(Math.max(this.#given, span.start - EDGE));
    } else if (gap > maxGap) {
      const half = Math.floor(maxGap / 2);
      this.#extend(this.#given + half);
      this.#add(span.start - (maxGap - half));
    }
    this.#extend(span.end);
    this.#window?.spans.push(span.heard);
  }

  #open(start: number): void {
    const sound = this.#spare ?? new Float32Array(this.#settings.maxWindow);
    this.#spare = null;
    this.#window = { sound, filled: 0, pieces: [], spans: [] };
    this.#add(start);
  }

  #add(start: number): void {
    this.#window?.pieces.push({ at: this.#window.filled, start, end: start });
    this.#given = start;
  }

  /** Takes the sound up to `end` into the window, as far as there is room. */
  #extend(end: number): void {
    const window = this.#window as OpenWindow;
    const sound = this.#sound(this.#given, end).subarray(0, this.#settings.maxWindow - window.filled);
    window.sound.set(sound, window.filled);
    window.filled += sound.length;
    this.#given += sound.length;
    const piece = window.pieces.at(-1) as OpenWindow['pieces'][0];
    piece.end = this.#given;
  }

  /** @param next where the next speech begins, or the end of the recording */
  #close(next: number): void {
    const window = this.#window;
    if (window === null) return;
    const end = this.#given;
    this.#extend(Math.max(Math.min(end + EDGE, next), next === end ? end + this.#settings.overlap : end));
    // The next window begins with the speech that this one only overlaps.
    if (next === end) this.#given = end;
    this.#ready.push({
      samples: window.sound.subarray(0, window.filled),
      speech: true,
      pieces: window.pieces,
      spans: window.spans,
    });
    this.#window = null;
  }

  /** In a long silence, what is open is closed, and the silence itself is told of. */
  #pause(): void {
    const { pending, heard } = this.#spans;
    const quiet = (pending ?? heard) - this.#given;
    if (quiet < Math.min(LONGEST_PAUSE, this.#settings.maxWindow)) return;
    if (this.#window !== null) this.#close(pending ?? heard);
    else if (pending === null) this.#silence(heard - this.#settings.pad - EDGE);
  }

  #silence(end: number): void {
    const piece = { at: 0, start: this.#given, end };
    this.#ready.push({ samples: new Float32Array(0), speech: false, pieces: [piece], spans: [] });
    this.#given = end;
  }
}
