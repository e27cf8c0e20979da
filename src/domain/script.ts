/** Languages whose sentences follow one another without a space. */
const NO_SPACE_LANGUAGES = new Set(['zh', 'zh-tw', 'yue', 'wuu', 'ja']);

/** Chinese and Japanese characters and the full-width forms and punctuation that go with them. */
export const WIDE_CHARACTER =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\u30fb\u30fc\uff00-\uffef]/u;

export function writtenWithoutSpaces(language: string): boolean {
  return NO_SPACE_LANGUAGES.has(language);
}

/**
 * Pieces of running text as one text: white space around each piece goes, empty pieces fall out, and one space comes
 * between, except in Chinese and Japanese, where a space stays only between two pieces that meet in other scripts.
 */
export function joinPieces(pieces: readonly string[], language: string): string {
  const dense = writtenWithoutSpaces(language);
  let joined = '';
  for (const piece of pieces) {
    const text = piece.trim();
    if (text === '') continue;
    const space = joined !== '' && !(dense && (WIDE_CHARACTER.test(lastCharacter(joined)) || startsWide(text)));
    joined += space ? ` ${text}` : text;
  }
  return joined;
}

function startsWide(text: string): boolean {
  return WIDE_CHARACTER.test(String.fromCodePoint(text.codePointAt(0) ?? 0));
}

function lastCharacter(text: string): string {
  const last = text.slice(-1);
  return /[\udc00-\udfff]/.test(last) ? text.slice(-2) : last;
}

/**
 * The most likely language of a text from its script alone, for texts that come without one: Kana is Japanese, Hangul
 * Korean, Cyrillic Russian, other Han characters Chinese, and everything else English.
 */
export function guessTextLanguage(text: string): string {
  const sample = text.slice(0, 10_000);
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(sample)) return 'ja';
  if (/\p{Script=Hangul}/u.test(sample)) return 'ko';
  if (/\p{Script=Han}/u.test(sample)) return 'zh';
  return count(sample, /\p{Script=Cyrillic}/gu) > count(sample, /\p{Script=Latin}/gu) ? 'ru' : 'en';
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
