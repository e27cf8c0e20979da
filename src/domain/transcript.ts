import type { TextEdit } from './edits.js';
import type { Segment } from './segment.js';
import type { Span } from './spans.js';

/** Edit distances of a transcript against its reference text. */
export interface Accuracy {
  /** 1 − Levenshtein(transcript, reference) ÷ longer length, in code points, texts as they are (seed 000). */
  readonly accuracy: number;
  /** Word error rate after normalisation (case, punctuation, width); may exceed 1. */
  readonly wer: number;
  /** Character error rate after the same normalisation; may exceed 1. */
  readonly cer: number;
  /** What is wrong in the transcript, in the order of the reference; at most 1,000 of them. Absent where it was not asked for. */
  readonly edits?: readonly TextEdit[];
  /** How many edits there are in all. */
  readonly edits_total?: number;
}

export interface AudioInfo {
  /** Container and codec as the decoder names them, e.g. `wave`, `pcm_s16le`. */
  readonly format: string;
  readonly codec: string;
  /** Of the recording, before resampling to 16 kHz. */
  readonly sample_rate: number;
  readonly channels: number;
  /** Seconds; null when the container does not tell before the end. */
  readonly duration: number | null;
}

/** The outcome of recognition. */
export interface Transcript {
  readonly text: string;
  /** Language of the recording, given or detected. */
  readonly language: string;
  /** 0..1; 1 when the language was given. */
  readonly language_probability: number;
  /** Seconds of audio decoded. */
  readonly duration: number;
  readonly segments: readonly Segment[];
  /** Mean of segment confidences weighted by their token counts, 0..1; 0 for an empty transcript. */
  readonly confidence: number;
  readonly audio: AudioInfo;
  /** Model that produced it, e.g. `demo-stt` or `ggml-small`. */
  readonly model: string;
  readonly warnings: readonly string[];
  readonly accuracy?: Accuracy;
  /** Share of the detected speech with text, 0..1; absent where no detector told what is speech. */
  readonly coverage?: number;
  /** Stretches of speech without text, at least 1 s each; seconds. */
  readonly uncovered?: readonly Span[];
  /** Seconds spent decoding and recognising. */
  readonly processing_time: number;
  /** Set when the transcript came from a stored task. */
  readonly task_id?: string;
}
