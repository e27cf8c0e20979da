import type { HtmlPiece } from './html-tree.js';

/** A text of a page as a unit: where it stands, what a translator gets, and the source of what comes back. */
export interface HtmlUnit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  encode(translation: string, source: (start: number, end: number) => string): string;
}

const WHITE = /^[ \t\n\f\r]*$/;
const LETTER = /\p{L}/u;
const MARK = /<(\/?)([0-9]{1,6})(\/?)>/g;

/** Texts with the tags inside them: stretches between blocks, without what only surrounds them. */
export function textRuns(pieces: readonly HtmlPiece[]): HtmlPiece[][] {
  const runs: HtmlPiece[][] = [];
  let run: HtmlPiece[] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'block') run.push(piece);
    else {
      runs.push(run);
      run = [];
    }
  }
  runs.push(run);
  return runs
    .map(withoutEdges)
    .filter((pieces) => pieces.some(({ kind, value }) => kind === 'text' && LETTER.test(value)));
}

/** White space, tags without their other end, pairs around the whole, empty elements and what is no text go from both ends. */
function withoutEdges(run: readonly HtmlPiece[]): HtmlPiece[] {
  const other = otherEnds(run);
  let low = 0;
  let high = run.length - 1;
  for (;;) {
    const first = run[low];
    const last = run[high];
    if (first === undefined || last === undefined || low > high) return [];
    if (isEdge(first) || (isTag(first) && !other.has(low))) low++;
    else if (isEdge(last) || (isTag(last) && !other.has(high))) high--;
    else if (other.get(low) === high) {
      low++;
      high--;
    } else if (other.get(low) === low + 1) low += 2;
    else if (other.get(high) === high - 1) high -= 2;
    else return run.slice(low, high + 1);
  }
}

function isEdge({ kind, value }: HtmlPiece): boolean {
  return kind === 'void' || kind === 'opaque' || (kind === 'text' && WHITE.test(value));
}

function isTag({ kind }: HtmlPiece): boolean {
  return kind === 'open' || kind === 'close';
}

/** For each tag whose other end is in the same run, where that is. */
function otherEnds(run: readonly HtmlPiece[]): ReadonlyMap<number, number> {
  const opened = new Map<object, number>();
  const ends = new Map<number, number>();
  for (const [index, { kind, element }] of run.entries()) {
    if (element === null) continue;
    if (kind === 'open') opened.set(element, index);
    else if (kind === 'close') {
      const start = opened.get(element);
      if (start !== undefined) ends.set(start, index).set(index, start);
    }
  }
  return ends;
}

/** The unit of a run that has neither white space nor a surrounding pair at its ends. */
export function unitOfRun(run: readonly HtmlPiece[], page: string): HtmlUnit {
  const first = run[0] as HtmlPiece;
  const last = run.at(-1) as HtmlPiece;
  const preformatted = run.some((piece) => piece.preformatted);
  let { start } = first;
  let { end } = last;
  // The page's own white space, which decoding would have changed.
  if (first.kind === 'text') while (WHITE.test(page[start] as string)) start++;
  if (last.kind === 'text') while (WHITE.test(page[end - 1] as string)) end--;
  const other = otherEnds(run);
  let next = 1 + greatestMark(run);
  const marks: Array<{ readonly mark: string; readonly start: number; readonly end: number }> = [];
  const numbers = new Map<number, number>();
  let text = '';
  for (const [index, piece] of run.entries()) {
    if (piece.kind === 'text') {
      text += preformatted ? piece.value : piece.value.replace(/[ \t\n\f\r]+/g, ' ');
      continue;
    }
    const pair = other.get(index);
    const number = (pair === undefined ? undefined : numbers.get(pair)) ?? next++;
    numbers.set(index, number);
    const mark = pair === undefined ? `<${number}/>` : piece.kind === 'close' ? `</${number}>` : `<${number}>`;
    marks.push({ mark, start: piece.start, end: piece.end });
    text += mark;
  }
  return {
    start,
    end,
    text: withoutWhite(text),
    encode: (translation, source) => {
      const left = new Map(marks.map((mark) => [mark.mark, mark]));
      let encoded = '';
      let at = 0;
      for (const match of translation.matchAll(MARK)) {
        const found = left.get(match[0]);
        if (found === undefined) continue;
        left.delete(match[0]);
        encoded += encodedText(translation.slice(at, match.index)) + source(found.start, found.end);
        at = match.index + match[0].length;
      }
      encoded += encodedText(translation.slice(at));
      // A tag that a translation left out would leave the page open or lose what it holds.
      for (const { start: from, end: to } of left.values()) encoded += source(from, to);
      return encoded;
    },
  };
}

/** So that what looks like a mark in the text itself is none. */
function greatestMark(run: readonly HtmlPiece[]): number {
  let greatest = 0;
  for (const { kind, value } of run) {
    if (kind !== 'text') continue;
    for (const [, , number] of value.matchAll(MARK)) greatest = Math.max(greatest, Number(number));
  }
  return greatest;
}

function withoutWhite(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE.test(text[start] as string)) start++;
  while (end > start && WHITE.test(text[end - 1] as string)) end--;
  return text.slice(start, end);
}

function encodedText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\u00a0/g, '&nbsp;');
}
