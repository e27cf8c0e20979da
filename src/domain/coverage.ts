import type { Segment } from './segment.js';
import { covered, type Span, totalLength, union, without } from './spans.js';

/** How much of the speech that the detector heard has text. */
export interface Coverage {
  /** Share of the detected speech with text, 0..1; 1 when no speech was detected. */
  readonly coverage: number;
  /** Seconds of detected speech; of all channels together where each was recognised by itself. */
  readonly speech: number;
  /** Stretches of speech without text, at least {@link SHORTEST_UNCOVERED} long each, in order; at most {@link MOST_UNCOVERED}. */
  readonly uncovered: readonly Span[];
}

/**
 * Shorter stretches without text count as covered, seconds: breath, drawn-out words, and what times of words are off by.
 */
export const SHORTEST_UNCOVERED = 1;
export const MOST_UNCOVERED = 100;

/** Where text stands: each word, or the segment where it has none. */
export function textSpans(segments: readonly Segment[]): readonly Span[] {
  return union(texts(segments));
}

/** The same, where they may overlap: nothing is made of a segment that it does not have. */
function texts(segments: readonly Segment[]): readonly Span[] {
  const spans: Span[] = [];
  for (const segment of segments) {
    if (segment.text === '') continue;
    if (segment.words === undefined || segment.words.length === 0) spans.push(segment);
    else for (const word of segment.words) spans.push(word);
  }
  return spans;
}

/** Stretches of detected speech without text, at least {@link SHORTEST_UNCOVERED} long, in order. */
export function uncoveredSpeech(speech: readonly Span[], segments: readonly Segment[]): Span[] {
  return without(speech, texts(segments), SHORTEST_UNCOVERED);
}

export function coverageOf(speech: readonly Span[], segments: readonly Segment[]): Coverage {
  const seconds = totalLength(union(speech));
  const uncovered = uncoveredSpeech(speech, segments);
  return {
    coverage: seconds === 0 ? 1 : Math.max(0, 1 - totalLength(uncovered) / seconds),
    speech: seconds,
    uncovered: uncovered.slice(0, MOST_UNCOVERED),
  };
}

/** One coverage of several parts, weighted by their speech. */
export function joinCoverage(parts: readonly Coverage[]): Coverage {
  const speech = parts.reduce((sum, part) => sum + part.speech, 0);
  const textual = parts.reduce((sum, part) => sum + part.coverage * part.speech, 0);
  return {
    coverage: speech === 0 ? 1 : Math.min(1, textual / speech),
    speech,
    uncovered: parts
      .flatMap(({ uncovered }) => uncovered)
      .sort((a, b) => a.start - b.start)
      .slice(0, MOST_UNCOVERED),
  };
}

/** Seconds of detected speech under the text of a segment. */
export function speechUnder(
  segment: Segment,
  speech: readonly Span[],
): { readonly text: number; readonly speech: number } {
  const spans = textSpans([segment]);
  const heard = union(speech);
  let sum = 0;
  for (const span of spans) sum += covered(span, heard);
  return { text: totalLength(spans), speech: sum };
}
