import { compressionRatio } from './compression.js';
import { coverageOf, speechUnder } from './coverage.js';
import { repetition } from './loops.js';
import type { Segment, SegmentFlag } from './segment.js';
import type { Span } from './spans.js';

/** From when Whisper takes a decoding for failed, or a window for silent; its own defaults (openai/whisper `transcribe`). */
export interface TrustThresholds {
  readonly compressionRatio: number;
  readonly logprob: number;
  readonly noSpeech: number;
}

export const DEFAULT_THRESHOLDS: TrustThresholds = { compressionRatio: 2.4, logprob: -1, noSpeech: 0.6 };

/** Text stands in silence when less than this share of its time is detected speech. */
const SMALL_SHARE = 0.1;
/** Nobody speaks faster, letters a second: fast speech has about 25 in alphabets, 9 in Chinese characters and Hangul. */
const FASTEST_LETTERS = 40;
const FASTEST_CHARACTERS = 16;
const DENSE_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const LETTER = /[\p{L}\p{N}]/gu;

/** What is known of one decoding of a window. */
export interface Verdict {
  /** Share of the text that only repeats, 0..1; what compresses too well counts as repeating by as much as it is over the threshold. */
  readonly repeated: number;
  /** Which segments hold a loop; all where the text compresses too well, but no piece of it comes in a row. */
  readonly looping: readonly boolean[];
  /** Whether a piece comes in a row, again and again. */
  readonly inARow: boolean;
  /** Detected speech with text, 0..1; 1 where speech is not known. */
  readonly coverage: number;
  /** exp of the mean log-probability of all tokens, 0..1; 0 without text. */
  readonly likelihood: number;
}

/**
 * Judges a decoding of a window.
 * @param speech detected speech; null where nobody looked for it
 */
export function judge(
  segments: readonly Segment[],
  language: string,
  speech: readonly Span[] | null,
  thresholds: TrustThresholds,
): Verdict {
  const { share, looping } = repetition(
    segments.map(({ text }) => text),
    language,
  );
  const ratio = compressionRatio(segments.map(({ text }) => text).join(' '));
  const squeezed = ratio > thresholds.compressionRatio ? 1 - thresholds.compressionRatio / ratio : 0;
  const inARow = looping.includes(true);
  return {
    repeated: Math.max(share, squeezed),
    looping: squeezed > 0 && !inARow ? looping.map(() => true) : looping,
    inARow,
    coverage: speech === null ? 1 : coverageOf(speech, segments).coverage,
    likelihood: likelihood(segments),
  };
}

/**
 * How good a decoding is, to choose between several of one window: likelihood of its text + share of the speech that has text
 * − 3 × share of the text that only repeats. So no text at all is better than one of which two thirds only repeat. Of equals the
 * earlier stays.
 */
export function score({ likelihood, coverage, repeated }: Verdict): number {
  return likelihood + coverage - 3 * repeated;
}

function likelihood(segments: readonly Segment[]): number {
  let tokens = 0;
  let sum = 0;
  for (const segment of segments) {
    const count = Math.max(1, segment.tokens.length);
    tokens += count;
    sum += segment.avg_logprob * count;
  }
  return tokens === 0 ? 0 : Math.exp(sum / tokens);
}

/** Whether nobody speaks where a segment's text stands, as far as the detector heard. */
export function inSilence(segment: Segment, speech: readonly Span[] | null): boolean {
  if (speech === null) return false;
  const { text, speech: heard } = speechUnder(segment, speech);
  return text > 0 && heard < SMALL_SHARE * text;
}

/** Whether the model itself takes the window for silent: no speech is likely, and what it wrote all the same is not. */
export function modelHeardNothing(segment: Segment, { noSpeech, logprob }: TrustThresholds): boolean {
  return segment.no_speech_prob > noSpeech && segment.avg_logprob < logprob;
}

/** Whether a text is longer than anybody can say in its time. */
export function faultyRate({ text, start, end }: Segment): boolean {
  const dense = text.match(DENSE_SCRIPT)?.length ?? 0;
  const letters = (text.match(LETTER)?.length ?? 0) - dense;
  return dense / FASTEST_CHARACTERS + letters / FASTEST_LETTERS > Math.max(end - start, 0.1);
}

/**
 * Whether a segment has the shape of a hallucination, whatever its words: it stands where the detector heard nobody, and one
 * more thing speaks against it: the model heard no speech either, thinks its own text unlikely, or nobody could speak so fast.
 */
export function isHallucination(
  segment: Segment,
  speech: readonly Span[] | null,
  thresholds: TrustThresholds,
): boolean {
  if (!inSilence(segment, speech)) return false;
  return (
    segment.no_speech_prob > thresholds.noSpeech || segment.avg_logprob < thresholds.logprob || faultyRate(segment)
  );
}

const ORDER: readonly SegmentFlag[] = ['low_confidence', 'no_speech', 'loop', 'retried', 'added'];

/** The segment with more flags, each once and in one order; as it is when there are no more. */
export function flagged(segment: Segment, more: readonly SegmentFlag[]): Segment {
  if (more.length === 0) return segment;
  const all = new Set([...(segment.flags ?? []), ...more]);
  return { ...segment, flags: ORDER.filter((flag) => all.has(flag)) };
}
