import { alignEdits, type Edit, editDistance } from './edit-distance.js';
import type { Accuracy } from './transcript.js';

const APOSTROPHE_IN_WORD = /(?<=\p{L})['’ʼ＇](?=\p{L})/gu;
const INVISIBLE = /\p{Cf}/gu;
const NOT_SPOKEN = /[\p{P}\p{S}\p{Cc}]+/gu;
const NO_SPACE_SCRIPTS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々';
const SPACE_BESIDE_NO_SPACE_SCRIPT = new RegExp(`(?<=[${NO_SPACE_SCRIPTS}]\\p{M}*) | (?=[${NO_SPACE_SCRIPTS}])`, 'gu');
const WORD = new RegExp(`[${NO_SPACE_SCRIPTS}]\\p{M}*|[^ ${NO_SPACE_SCRIPTS}]+`, 'gu');

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
 */
export function assess(transcript: string, reference: string): Accuracy {
  const spoken = normalizeForErrorRate(transcript);
  const expected = normalizeForErrorRate(reference);
  return {
    accuracy: levenshteinAccuracy(transcript, reference),
    wer: errorRate(words(spoken), words(expected)),
    cer: errorRate(Array.from(spoken), Array.from(expected)),
  };
}

/** 1 − Levenshtein(a, b) ÷ longer length, in code points; 1 for two empty texts. Symmetric, 0..1. */
export function levenshteinAccuracy(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const longer = Math.max(left.length, right.length);
  return longer === 0 ? 1 : 1 - editDistance(left, right) / longer;
}

/**
 * The text as the error rates see it: NFKC (full-width and half-width forms are one), lower case, apostrophes inside
 * words dropped, other punctuation and symbols turned into spaces, invisible format characters dropped, white space
 * collapsed. Beside characters of scripts written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) spaces
 * go, since recognisers set them at will.
 */
export function normalizeForErrorRate(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(INVISIBLE, '')
    .replace(APOSTROPHE_IN_WORD, '')
    .replace(NOT_SPOKEN, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(SPACE_BESIDE_NO_SPACE_SCRIPT, '');
}

/** Words of a normalised text: split at spaces; a character of a script written without spaces is a word. */
export function words(normalized: string): string[] {
  return normalized.match(WORD) ?? [];
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
