import { alignEdits } from './edit-distance.js';
import { normalizeForErrorRate, words } from './error-rate-text.js';
import type { Segment } from './segment.js';

/** A token of a transcript as the error rates see it, with the time it was said at, seconds. */
export interface HeardToken {
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

/**
 * One way in which a transcript differs from its reference text: a word that was not said (`insert`), that is missing
 * (`delete`), or that stands for another (`substitute`). In Chinese, Japanese, Thai and their like a word is a character.
 */
export interface TextEdit {
  readonly operation: 'insert' | 'delete' | 'substitute';
  /** The word of the reference, as the error rates see it; null for an `insert`. */
  readonly reference: string | null;
  /** The word of the transcript; null for a `delete`. */
  readonly hypothesis: string | null;
  /** Its place among the words of the reference, from 0; of an `insert` that of the word it stands before. */
  readonly position: number;
  /**
   * Seconds; of a missing word the gap in which it is missing, or where it was found in the sound. Null where no word has a time.
   */
  readonly start: number | null;
  readonly end: number | null;
}

export interface EditList {
  /** In the order of the reference, at most {@link MOST_EDITS}. */
  readonly edits: readonly TextEdit[];
  /** How many there are in all. */
  readonly total: number;
}

/** A recording with more mistakes has no use for a list of them. */
export const MOST_EDITS = 1000;

/** The tokens of a transcript with times: those of its words, or where a segment has none a share of the segment's time. */
export function heardTokens(segments: readonly Segment[]): HeardToken[] {
  return segments.flatMap(({ words: own, text, start, end }) =>
    own !== undefined && own.length > 0
      ? own.flatMap(({ word, start: from, end: to }) => spread(word, from, to))
      : spread(text, start, end),
  );
}

function spread(text: string, start: number, end: number): HeardToken[] {
  const tokens = words(normalizeForErrorRate(text));
  const letters = tokens.reduce((sum, token) => sum + token.length, 0);
  let at = start;
  return tokens.map((token) => {
    const from = at;
    at = from + ((end - start) * token.length) / letters;
    return { token, start: milliseconds(from), end: milliseconds(at) };
  });
}

/** A shortest list of edits that make the transcript of the reference, with the times of what was heard. */
export function timedEdits(reference: string, heard: readonly HeardToken[]): EditList {
  const expected = words(normalizeForErrorRate(reference));
  const steps = alignEdits(
    expected,
    heard.map(({ token }) => token),
  );
  const edits: TextEdit[] = [];
  let total = 0;
  let position = 0;
  let at = 0;
  for (const { operation, reference: wanted, hypothesis } of steps) {
    if (operation !== 'equal') {
      total++;
      const span = operation === 'delete' ? gap(heard[at - 1], heard[at]) : heard[at];
      const [start, end] = span === undefined ? [null, null] : [span.start, span.end];
      if (edits.length < MOST_EDITS) edits.push({ operation, reference: wanted, hypothesis, position, start, end });
    }
    if (operation !== 'insert') position++;
    if (operation !== 'delete') at++;
  }
  return { edits, total };
}

/** Between what was heard before and after; at the ends of a recording the time of its first or last word. */
function gap(
  before: HeardToken | undefined,
  after: HeardToken | undefined,
): { start: number; end: number } | undefined {
  const known = before ?? after;
  if (known === undefined) return undefined;
  const start = before?.end ?? known.start;
  return { start, end: Math.max(start, after?.start ?? start) };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
