/** What a word is made of, which decides where one ends. */
export type WordKind =
  /** Letters and digits of scripts with spaces between words. */
  | 'word'
  /** Korean: particles follow without a space. */
  | 'hangul'
  /** A run of Katakana, which is mostly one word. */
  | 'katakana'
  /** One character of a script without spaces: Han, Hiragana, Thai … */
  | 'character'
  /** A sign. */
  | 'symbol';

export interface Word {
  readonly kind: WordKind;
  /** As it stands in the text. */
  readonly text: string;
  /** Where, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** What it is compared by, see {@link folded}. */
  readonly fold: string;
  /** Whether white space stands before it. */
  readonly spaced: boolean;
}

const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const KATAKANA = '\\p{Script=Katakana}\\u30fc\\uff70\\uff9e\\uff9f';
const HANGUL = '\\p{Script=Hangul}';

const WORD = new RegExp(
  [
    `(?<hangul>(?:[${HANGUL}]\\p{M}*)+)`,
    `(?<katakana>(?:[${KATAKANA}]\\p{M}*)+)`,
    `(?<character>[${UNSPACED}]\\p{M}*)`,
    `(?<word>(?:(?![${HANGUL}${KATAKANA}${UNSPACED}])[\\p{L}\\p{N}\\p{M}_])+)`,
    '(?<symbol>\\S)',
  ].join('|'),
  'gu',
);

const KINDS = ['hangul', 'katakana', 'character', 'word', 'symbol'] as const satisfies readonly WordKind[];

/** A text in its words, without the white space between them. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    const [found] = match;
    const kind = KINDS.find((name) => match.groups?.[name] !== undefined) as WordKind;
    words.push({
      kind,
      text: found,
      start: match.index,
      end: match.index + found.length,
      fold: folded(found),
      spaced: match.index > end,
    });
    end = match.index + found.length;
  }
  return words;
}

/** Without what two spellings of a word may differ in: case, width, composition, `ß` and `ё`, shape of quotes and dashes. */
export function folded(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ς', 'σ')
    .replaceAll('ё', 'е')
    .replaceAll(/[‘’ʼ`´]/g, "'")
    .replaceAll(/[‐‑–—]/g, '-');
}
