const APOSTROPHE_IN_WORD = /(?<=\p{L})['’ʼ＇](?=\p{L})/gu;
const INVISIBLE = /\p{Cf}/gu;
const NOT_SPOKEN = /[\p{P}\p{S}\p{Cc}]+/gu;
const NO_SPACE_SCRIPTS =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々';
// The space comes first, so that what may stand before it is looked for at spaces alone: in a long row of marks that took
// time with the square of its length.
const SPACE_BESIDE_NO_SPACE_SCRIPT = new RegExp(` (?<=[${NO_SPACE_SCRIPTS}]\\p{M}* )| (?=[${NO_SPACE_SCRIPTS}])`, 'gu');
const WORD = new RegExp(`[${NO_SPACE_SCRIPTS}]\\p{M}*|[^ ${NO_SPACE_SCRIPTS}]+`, 'gu');

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
