/** How the marks look that stand for protected items while a text is translated: a number in a frame. */
export interface MarkStyle {
  readonly open: string;
  readonly close: string;
  /** What models make of the frame, as a regular expression of one piece. */
  readonly likeOpen: string;
  readonly likeClose: string;
}

/**
 * `letters` (`X1X`) is the default: its characters are in the vocabulary of every SentencePiece model, and to M2M100, NLLB
 * and OPUS it looks like the name of a product, which they copy and decline around. `brackets` (`[1]`) reads as the
 * mark of a footnote, which models trained on web text sometimes drop. `underscores` (`__1__`) resembles M2M100's own
 * language tokens. `angles` (`<1>`) suits models that were trained on text with tags. Rare signs such as `⟦1⟧` are no
 * style here: they are `<unk>` to these vocabularies.
 */
export const MARK_STYLES = {
  letters: { open: 'X', close: 'X', likeOpen: '[XxХх×Ｘｘ]', likeClose: '[XxХх×Ｘｘ]' },
  brackets: { open: '[', close: ']', likeOpen: '[[［【〔(（]', likeClose: '[\\]］】〕)）]' },
  underscores: { open: '__', close: '__', likeOpen: '[_＿]{1,3}', likeClose: '[_＿]{1,3}' },
  angles: { open: '<', close: '>', likeOpen: '[<＜‹《〈]', likeClose: '[>＞›》〉]' },
} as const satisfies Record<string, MarkStyle>;

export type MarkStyleName = keyof typeof MARK_STYLES;

export const DEFAULT_MARK_STYLE: MarkStyleName = 'letters';

/** A mark in a translated text. */
export interface FoundMark {
  /** Null for one that nobody set, or that came a second time. */
  readonly number: number | null;
  /** The number of one that came a second time. */
  readonly again?: number;
  readonly start: number;
  readonly end: number;
}

/** A frame of letters that goes on in one of these is a word. */
const SPACED_LETTER = '[\\p{Script=Latin}\\p{Script=Cyrillic}]';
const DIGITS = /[0-9０-９]+/g;

/** Numbers that stand in a text by themselves or between other characters, without leading zeros. */
export function numbersIn(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(DIGITS), ([digits]) => plain(digits)));
}

/** The smallest numbers from 1 that are not among those taken: so no number of the text is ever mistaken for a mark. */
export function freeNumbers(taken: ReadonlySet<string>, count: number): number[] {
  const numbers: number[] = [];
  for (let number = 1; numbers.length < count; number++) if (!taken.has(String(number))) numbers.push(number);
  return numbers;
}

/**
 * The marks in a translated text, in order: first those that came back as they were written, then, between these, what
 * a model made of the others (`x 1 x`, `［1］`, half a frame).
 * @param taken numbers of the text itself, which are no marks whatever stands around them
 */
export function findMarks(
  text: string,
  style: MarkStyle,
  numbers: ReadonlySet<number>,
  taken: ReadonlySet<string>,
): FoundMark[] {
  const seen = new Set<number>();
  const claim = (digits: string): number | null => {
    const number = Number(digits);
    if (!numbers.has(number) || seen.has(number)) return null;
    seen.add(number);
    return number;
  };
  const marks: FoundMark[] = [];
  for (const { digits, start, end } of exactMarks(text, style)) {
    if (taken.has(plain(digits)) || start < (marks.at(-1)?.end ?? 0)) continue;
    const again = seen.has(Number(digits)) ? { again: Number(digits) } : {};
    marks.push({ number: claim(digits), start, end, ...again });
  }
  if (seen.size === numbers.size) return marks;

  const loose: FoundMark[] = [];
  let from = 0;
  for (const { start, end } of [...marks, { start: text.length, end: text.length }]) {
    for (const found of looseMarks(text.slice(from, start), style)) {
      const wanted = numbers.has(Number(found.digits)) && !seen.has(Number(found.digits));
      if (wanted) loose.push({ number: claim(found.digits), start: from + found.start, end: from + found.end });
    }
    from = end;
  }
  return [...marks, ...loose].sort((a, b) => a.start - b.start);
}

interface Candidate {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

/** Frames may share a character with their neighbours (`X5X1X`), hence the look ahead. */
function* exactMarks(text: string, { open, close }: MarkStyle): Generator<Candidate> {
  const pattern = new RegExp(`(?=${escaped(open)}([0-9]{1,9})${escaped(close)})`, 'gu');
  for (const match of text.matchAll(pattern)) {
    const digits = match[1] as string;
    yield { digits, start: match.index, end: match.index + open.length + digits.length + close.length };
  }
}

function* looseMarks(text: string, { likeOpen, likeClose }: MarkStyle): Generator<Candidate> {
  const pattern = new RegExp(
    `((?<!${SPACED_LETTER})${likeOpen}\\s{0,2})?(?<![0-9０-９])([0-9０-９]{1,9})(?![0-9０-９])(\\s{0,2}${likeClose}(?!${SPACED_LETTER}))?`,
    'gu',
  );
  for (const match of text.matchAll(pattern)) {
    if (match[1] === undefined && match[3] === undefined) continue;
    yield { digits: plain(match[2] as string), start: match.index, end: match.index + match[0].length };
  }
}

function plain(digits: string): string {
  return digits.normalize('NFKC').replace(/^0+(?=\d)/, '');
}

function escaped(text: string): string {
  return text.replace(/[[\]().*+?^${}|\\]/g, '\\$&');
}
