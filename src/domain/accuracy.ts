import { alignEdits, type Edit, editDistance } from './edit-distance.js';
import { type EditList, type HeardToken, timedEdits } from './edits.js';
import { normalizeForErrorRate, words } from './error-rate-text.js';
import type { Accuracy } from './transcript.js';

export { normalizeForErrorRate, words };

/**
 * How near a transcript is to what was really said.
 *
 * `accuracy` is 1 − Levenshtein(transcript, reference) ÷ longer length, in code points, of the texts as they are: case,
 * punctuation and outer white space count. Two empty texts are equal, 1.
 *
 * `wer` and `cer` are edits ÷ length of the reference after {@link normalizeForErrorRate}. An empty reference counts as
 * length 1: both empty give 0, otherwise the rate is the number of words or characters too many.
 *
 * Time grows with the product of the lengths; see {@link assessmentCost}.
 * @param heard what was said when; with it comes the list of what is wrong
 */
export function assess(transcript: string, reference: string, heard?: readonly HeardToken[]): Accuracy {
  const spoken = normalizeForErrorRate(transcript);
  const expected = normalizeForErrorRate(reference);
  return {
    accuracy: levenshteinAccuracy(transcript, reference),
    wer: errorRate(words(spoken), words(expected)),
    cer: errorRate(Array.from(spoken), Array.from(expected)),
    ...(heard === undefined ? {} : listed(timedEdits(reference, heard))),
  };
}

function listed({ edits, total }: EditList): Pick<Accuracy, 'edits' | 'edits_total'> {
  return { edits, edits_total: total };
}

/** 1 − Levenshtein(a, b) ÷ longer length, in code points; 1 for two empty texts. Symmetric, 0..1. */
export function levenshteinAccuracy(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const longer = Math.max(left.length, right.length);
  return longer === 0 ? 1 : 1 - editDistance(left, right) / longer;
}

/** The word edits that lead from the reference to the transcript, in order, after {@link normalizeForErrorRate}. */
export function alignWords(transcript: string, reference: string): Edit[] {
  return alignEdits(words(normalizeForErrorRate(reference)), words(normalizeForErrorRate(transcript)));
}

/** Rough work of {@link assess}: the product of both lengths. About 2.5e9 take a second on one core. */
export function assessmentCost(transcript: string, reference: string): number {
  return transcript.length * reference.length;
}

function errorRate(hypothesis: readonly string[], reference: readonly string[]): number {
  return editDistance(hypothesis, reference) / Math.max(1, reference.length);
}
