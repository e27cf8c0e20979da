/** Characters of one token, by script: rules of thumb for running text. */
const PER_TOKEN = { latin: 4, dense: 1, other: 2.2 };

const LATIN = /[\p{Script=Latin}\p{Script=Common}]/u;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** About how many tokens a text has; every model counts otherwise, so this is for planning alone. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const character of text) {
    if (character < '\u0250' || LATIN.test(character)) tokens += 1 / PER_TOKEN.latin;
    else tokens += 1 / (DENSE.test(character) ? PER_TOKEN.dense : PER_TOKEN.other);
  }
  return Math.ceil(tokens);
}

/** More tokens than a text can have: every token of a byte-pair vocabulary stands for a byte at least. */
export function tokenBound(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/**
 * Length of a text in a measure that about stays the same under translation: a Chinese, Japanese or Korean character
 * counts as two and a half letters.
 */
export function contentLength(text: string): number {
  let length = 0;
  for (const character of text) {
    if (/\s/.test(character)) continue;
    length += character >= '\u2e80' && DENSE.test(character) ? 2.5 : 1;
  }
  return length;
}
