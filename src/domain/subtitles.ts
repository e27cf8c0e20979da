import { WIDE_CHARACTER } from './script.js';
import type { Word } from './segment.js';

/** How the segments of a transcript become subtitles. Words are never split; without any option a cue is a segment. */
export interface SubtitleLayout {
  /** Most characters of a line; a longer word stands alone. */
  readonly maxLineLength?: number;
  /** Most lines of a cue. Defaults to 1 once lines are bounded. */
  readonly maxLineCount?: number;
  /** Most words of a line; in Chinese and Japanese characters. */
  readonly maxWordsPerLine?: number;
  /** Each word is underlined while it is said; where words have times. Defaults to false. */
  readonly highlightWords?: boolean;
}

/** A piece of text on the screen. Times in seconds. */
export interface TimedLines {
  readonly start: number;
  readonly end: number;
  /** Lines are separated by `\n`. */
  readonly text: string;
  /** Part of the text that is said at this time, as indices of UTF-16 units. */
  readonly highlight?: readonly [from: number, to: number];
}

interface SpokenText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly words?: readonly Word[];
}

/** A word or character with the punctuation that goes with it. */
interface Piece {
  text: string;
  /** Whether a space stands before it when it is not the first of its line. */
  readonly space: boolean;
  readonly start: number;
  end: number;
}

const OPENING = /^[\p{Ps}\p{Pi}¿¡]+$/u;
const PUNCTUATION = /^[\p{P}\p{S}]+$/u;
/** Words between spaces, and each wide character for itself. */
const PIECE = /(\s*)([^\s\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+|\S)/gu;

/** A spoken text as one or more cues of the layout, in order. */
export function cutCues(spoken: SpokenText, layout: SubtitleLayout): TimedLines[] {
  const { start, end, text } = spoken;
  const bounded = layout.maxLineLength !== undefined || layout.maxWordsPerLine !== undefined;
  const timed = spoken.words !== undefined && spoken.words.length > 0;
  if (!bounded && !(layout.highlightWords && timed)) return [{ start, end, text }];
  const pieces = timed ? piecesOfWords(spoken.words as readonly Word[]) : piecesOfText(spoken);
  const cues = bounded ? groups(linesOf(pieces, layout), layout.maxLineCount ?? 1) : [[pieces]];
  const filled = cues.filter((lines) => lines.length > 0);
  return filled.flatMap((lines) => (layout.highlightWords && timed ? highlighted(lines) : [whole(lines)]));
}

function piecesOfWords(words: readonly Word[]): Piece[] {
  const spaced = words.some(({ word }) => /^\s/.test(word));
  const pieces: Piece[] = [];
  for (const { word, start, end } of words) {
    const text = word.trim();
    if (text === '') continue;
    const last = pieces.at(-1);
    const apart = spaced ? /^\s/.test(word) : last !== undefined && !touching(last.text, text);
    add(pieces, { text, space: apart, start, end });
  }
  return pieces;
}

function touching(before: string, after: string): boolean {
  return PUNCTUATION.test(after) || WIDE_CHARACTER.test(before.at(-1) ?? '') || WIDE_CHARACTER.test(after[0] ?? '');
}

/** Times are shared out by characters. */
function piecesOfText({ text, start, end }: SpokenText): Piece[] {
  const pieces: Piece[] = [];
  const length = Math.max(1, text.length);
  const at = (index: number): number => Math.round((start + ((end - start) * index) / length) * 1000) / 1000;
  for (const match of text.matchAll(PIECE)) {
    const [all, space = '', piece = ''] = match;
    add(pieces, {
      text: piece,
      space: space !== '',
      start: at(match.index + space.length),
      end: at(match.index + all.length),
    });
  }
  return pieces;
}

/** Closing punctuation goes with what is before it. */
function add(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (
    last !== undefined &&
    !piece.space &&
    (OPENING.test(last.text) || (PUNCTUATION.test(piece.text) && !OPENING.test(piece.text)))
  ) {
    last.text += piece.text;
    last.end = Math.max(last.end, piece.end);
  } else pieces.push({ ...piece });
}

function linesOf(pieces: readonly Piece[], { maxLineLength, maxWordsPerLine }: SubtitleLayout): Piece[][] {
  const lines: Piece[][] = [];
  let length = 0;
  for (const piece of pieces) {
    const line = lines.at(-1);
    const size = Array.from(piece.text).length;
    const longer = length + size + (piece.space ? 1 : 0);
    const fits =
      longer <= (maxLineLength ?? Number.POSITIVE_INFINITY) &&
      (line?.length ?? 0) < (maxWordsPerLine ?? Number.POSITIVE_INFINITY);
    if (line !== undefined && fits) {
      line.push(piece);
      length = longer;
    } else {
      lines.push([piece]);
      length = size;
    }
  }
  return lines;
}

function groups<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

function textOf(lines: readonly Piece[][]): string {
  return lines
    .map((line) => line.map(({ text, space }, index) => (index > 0 && space ? ` ${text}` : text)).join(''))
    .join('\n');
}

function whole(lines: readonly Piece[][]): TimedLines {
  const pieces = lines.flat();
  return { start: pieces[0]?.start ?? 0, end: pieces.at(-1)?.end ?? 0, text: textOf(lines) };
}

/** One cue for each word, and one without for each pause. */
function highlighted(lines: readonly Piece[][]): TimedLines[] {
  const text = textOf(lines);
  const cues: TimedLines[] = [];
  let from = 0;
  let shown = lines[0]?.[0]?.start ?? 0;
  for (const piece of lines.flat()) {
    from = text.indexOf(piece.text, from);
    if (piece.start > shown) cues.push({ start: shown, end: piece.start, text });
    const start = Math.max(piece.start, shown);
    const end = Math.max(piece.end, start);
    cues.push({ start, end, text, highlight: [from, from + piece.text.length] });
    from += piece.text.length;
    shown = end;
  }
  return cues;
}
