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
  readonly flags?: readonly SegmentFlag[];
}

export type SegmentFlag = 'low_confidence' | 'no_speech';

/** A piece of the recording that is recognised in one call: at most 30 s, cut in silences. */
export interface WindowSpan {
  readonly index: number;
  /** Seconds from the start of the recording. */
  readonly start: number;
  readonly end: number;
}
