/** A recognised word. Times in seconds from the start of the recording; `probability` in 0..1. */
export interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly probability: number;
}

/** A span of speech with its text. Times in seconds from the start of the recording. */
export interface Segment {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Mean probability of the text tokens, 0..1. */
  readonly confidence: number;
  /** Mean natural log-probability of the text tokens (Whisper's `avg_logprob`). */
  readonly avg_logprob: number;
  /** Probability of Whisper's no-speech token at the start of the window, 0..1. */
  readonly no_speech_prob: number;
  /** Text token ids, timestamps and control tokens left out. */
  readonly tokens: readonly number[];
  readonly words?: readonly Word[];
  /** Temperature of the decoding that gave it; 0 unless the first failed. */
  readonly temperature?: number;
  /** Bytes of the text by bytes of it compressed (zlib); above 2.4 it repeats itself. */
  readonly compression_ratio?: number;
  /** Where languages change within a recording, the segment's own. */
  readonly language?: string;
  /** Channel of the recording, from 0, where each has a speaker of its own. */
  readonly channel?: number;
  readonly flags?: readonly SegmentFlag[];
}

/**
 * What a reader should know of a segment. `low_confidence`: the model was not sure. `no_speech`: the model itself heard none, or the
 * detector heard none where the text stands. `loop`: the text repeats itself. `retried`: another decoding took the place of a failed
 * one. `added`: found where the first decoding gave no text for speech.
 */
export type SegmentFlag = 'low_confidence' | 'no_speech' | 'loop' | 'retried' | 'added';

/** Where a part of a recording stands in a window: sound from `start` to `end` of the recording begins `at` in the window. Seconds. */
export interface WindowPiece {
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** A piece of the recording that is recognised in one call: at most 30 s, cut in silences. */
export interface WindowSpan {
  readonly index: number;
  /** Seconds from the start of the recording. */
  readonly start: number;
  readonly end: number;
}
