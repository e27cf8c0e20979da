import { findProtected, type ProtectedItem, tagRole } from '../../domain/protected-items.js';
import { joinPieces, WIDE_CHARACTER, writtenWithoutSpaces } from '../../domain/script.js';
import { columnsOf } from '../../domain/translation-checks/columns.js';
import { closingLength, countQuotes, goesOn, openingLength } from './sentence-ends.js';

/** Columns that one call of the translator should see at most; a Chinese or Japanese character takes two. */
const MAX_COLUMNS = 400;
/**
 * Code units given to the segmenter at once. Intl.Segmenter takes time with the square of its input (1 MB of short
 * sentences: over a minute), so long lines pass through it in windows.
 */
const WINDOW = 1024;

const LINE_BREAK = /(\r\n|[\n\r\v\f\u0085\u2028\u2029]|\t+)/;
const CLAUSE_END = /[,;:，、；：。！？—–…]/;
/** A sign of a clause that may also stand inside a number, an address or a time. */
const INSIDE_WORD = /[,;:!?]/;
const WORD = /[A-Za-z0-9/=&]/;
/** Code units that are looked at for the end of a kept item. */
const LONGEST_KEPT = 2048;
/** A bullet, a number or a dash before an item of a list or a line of a dialogue, a mark of a heading or a quotation. */
const LIST_MARK =
  /^(?:(?:[-*+•‣▪▸◦●○■□·–—]|#{1,6}|>+|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z]\)|\[[ xX]\])[ \u00a0\u3000]+|[0-9０-９]{1,3}[、．]\s?(?![0-9０-９])|[①-⑳]\s?|[（(][一二三四五六七八九十0-9]{1,3}[)）]\s?|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])){1,3}/;
/** No word of a language: a long address, encoded data. Passed through whole. */
const ENDLESS_WORD = /(?<![!-~])([!-~]{400,})/;
const LETTER = /\p{L}/u;

/** A unit taken apart into what a translator takes, and the way back. */
export interface SplitUnit {
  /** Sentences with letters in them, trimmed, in order. Empty when there is nothing to translate. */
  readonly sentences: readonly string[];
  /**
   * The unit with its sentences replaced: lines, tab-separated columns and marks of lists stay, with the white space
   * around them, and pieces without letters are as they were. Sentences of a line stand apart as the target language sets
   * them, and exactly as they did where it is the unit's own.
   * @param translated one text for each of `sentences`, in order
   */
  join(translated: readonly string[], targetLanguage: string): string;
}

type Piece = { readonly gap: string } & ({ readonly sentence: number } | { readonly literal: string });

interface Line {
  /** White space and the mark of a list. */
  readonly before: string;
  readonly pieces: readonly Piece[];
  readonly after: string;
}

/**
 * Splits a text into sentences by the rules of its language, at most about 400 Latin or 200 Chinese characters each:
 * longer ones are cut after a clause, else between words, else between characters. Words of 400 and more ASCII
 * characters (addresses, encoded data) are passed through.
 */
export function splitUnit(text: string, language: string): SplitUnit {
  const sentences: string[] = [];
  const parts = text.split(LINE_BREAK);
  const lines = parts.map((part, index): Line => {
    if (index % 2 === 1) return { before: part, pieces: [], after: '' };
    const body = part.trim();
    if (body === '') return { before: part, pieces: [], after: '' };
    const start = part.length - part.trimStart().length;
    const mark = LIST_MARK.exec(body)?.[0].length ?? 0;
    const line = body.slice(mark);
    const pieces = withGaps(line, splitLine(line, language)).map(({ gap, piece }): Piece => {
      if (!translatable(piece)) return { gap, literal: piece };
      sentences.push(piece);
      return { gap, sentence: sentences.length - 1 };
    });
    return { before: part.slice(0, start + mark), pieces, after: part.slice(start + body.length) };
  });

  return {
    sentences,
    join: (translated, targetLanguage) =>
      lines
        .map(({ before, pieces, after }) => {
          const texts = pieces.map((piece) =>
            'literal' in piece ? piece.literal : onOneLine(translated[piece.sentence] ?? ''),
          );
          return before + joinLine(pieces, texts, language, targetLanguage) + after;
        })
        .join(''),
  };
}

/** Fewer letters are no clause: an exclamation, a word of a list. */
const LEAST_CLAUSE = 12;

/**
 * The clauses of a sentence: cut after commas, semicolons, colons and dashes that stand between words, never within something
 * that must not change; none is shorter than about two words. The sentence itself when it has no such place.
 */
export function clausesOf(sentence: string): string[] {
  const clauses: string[] = [];
  let start = 0;
  for (let at = 1; at < sentence.length; at++) {
    if (!endsClause(sentence, at) || outsideKept(sentence, at) !== at) continue;
    if (columnsOf(sentence.slice(start, at)) < LEAST_CLAUSE || columnsOf(sentence.slice(at)) < LEAST_CLAUSE) continue;
    clauses.push(sentence.slice(start, at).trim());
    start = at;
  }
  return [...clauses, sentence.slice(start).trim()];
}

function endsClause(text: string, at: number): boolean {
  const character = text[at - 1] ?? '';
  return CLAUSE_END.test(character) && !(INSIDE_WORD.test(character) && WORD.test(text[at] ?? ''));
}

/** The pieces of a line with the white space before each; nothing else stands between them. */
function withGaps(line: string, pieces: readonly string[]): Array<{ readonly gap: string; readonly piece: string }> {
  const space = /\s*/y;
  let at = 0;
  return pieces.map((piece) => {
    space.lastIndex = at;
    const gap = space.exec(line)?.[0] ?? '';
    at += gap.length + piece.length;
    return { gap, piece };
  });
}

function joinLine(pieces: readonly Piece[], texts: readonly string[], from: string, to: string): string {
  if (from !== to && (writtenWithoutSpaces(from) || writtenWithoutSpaces(to))) return joinPieces(texts, to);
  let joined = '';
  for (const [index, text] of texts.entries()) {
    const bare = text.trim();
    if (bare === '') continue;
    const gap = pieces[index]?.gap ?? '';
    joined += (gap !== '' || from === to ? gap : joined === '' ? '' : ' ') + bare;
  }
  return joined;
}

function onOneLine(text: string): string {
  return text.replace(/[\n\r\t\v\f\u0085\u2028\u2029]+/g, ' ');
}

function translatable(piece: string): boolean {
  return LETTER.test(piece) && !(piece.length >= MAX_COLUMNS && ENDLESS_WORD.test(piece));
}

/** Sentences of one line, trimmed, none empty, those to translate not too long. */
function splitLine(line: string, language: string): string[] {
  return line
    .split(ENDLESS_WORD)
    .flatMap((part, index) => (index % 2 === 1 ? [part] : splitSentences(part, language).flatMap(cutLong)));
}

function splitSentences(line: string, language: string): string[] {
  const merged: string[] = [];
  let open = '';
  let quotes = 0;
  for (const piece of segments(line, language)) {
    let rest = piece;
    if (open !== '') {
      const closing = closingLength(piece, language);
      if (closing > 0) {
        // With the white space behind it, which is between sentences then.
        const end = closing + (piece.slice(closing).length - piece.slice(closing).trimStart().length);
        open += piece.slice(0, end);
        rest = piece.slice(end);
      }
      if (rest === '') continue;
      if (open.length >= MAX_COLUMNS || !goesOn(open, rest, language)) {
        const opening = openingLength(open, quotes, language);
        const end = open.length - opening;
        quotes += countQuotes(open.slice(0, end));
        merged.push(open.slice(0, end));
        open = open.slice(end);
      }
    }
    open += rest;
  }
  merged.push(open);
  return merged;
}

function* segments(line: string, language: string): Generator<string> {
  const segmenter = segmenterOf(language);
  const signs = masked(line);
  let at = 0;
  while (at < line.length) {
    const end = characterBoundary(line, Math.min(at + WINDOW, line.length));
    const window = signs.slice(at, end);
    const pieces = Array.from(segmenter.segment(window), ({ segment }) => segment);
    // The window may have cut the last sentence, which then starts the next window.
    if (end < line.length) {
      const last = pieces.pop() ?? window;
      if (pieces.length === 0) pieces.push(last.slice(0, cutPoint(last, last.length)));
    }
    for (const { length } of pieces) {
      yield line.slice(at, at + length);
      at += length;
    }
  }
}

/**
 * The line as the segmenter gets it, of the same length: addresses, placeholders and opening tags as one word each, closing
 * tags as closing brackets, so that what stops inside them ends no sentence and a tag goes with its text.
 */
function masked(line: string): string {
  let result = '';
  let at = 0;
  for (const item of findProtected(line)) {
    if (item.class !== 'kept' || item.kind === 'emoji') continue;
    const role = tagRole(item);
    const sign = role === null ? 'A' : role.opens ? '(' : ')';
    result += line.slice(at, item.start) + sign.repeat(item.text.length);
    at = endOf(item);
  }
  return result + line.slice(at);
}

function endOf(item: ProtectedItem): number {
  return item.start + item.text.length;
}

function cutLong(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence.trim();
  if (rest.length * 2 <= MAX_COLUMNS || !LETTER.test(rest)) return rest === '' ? [] : [rest];
  while (rest !== '') {
    const limit = lengthOfColumns(rest, MAX_COLUMNS);
    if (limit === rest.length) {
      pieces.push(rest);
      break;
    }
    const cut = outsideKept(rest, cutPoint(rest, limit));
    pieces.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  return pieces.filter((piece) => piece !== '');
}

/** The place, or the start of the kept item that it is in, or its end where nothing is before it. */
function outsideKept(text: string, at: number): number {
  const item = findProtected(text.slice(0, at + LONGEST_KEPT)).find(
    (one) => one.class === 'kept' && one.start < at && endOf(one) > at,
  );
  if (item === undefined) return at;
  return text.slice(0, item.start).trim() === '' ? endOf(item) : item.start;
}

/** The best place to cut within `limit`: after the last clause in its second half, else after the last space there. */
function cutPoint(text: string, limit: number): number {
  let space = 0;
  for (let at = limit; at > limit / 2; at--) {
    const character = text[at - 1] ?? '';
    if (endsClause(text, at)) return at;
    if (space === 0 && /\s/.test(character)) space = at;
  }
  return space > 0 ? space : characterBoundary(text, limit);
}

/** How many code units of the text fit into so many columns. */
function lengthOfColumns(text: string, columns: number): number {
  let used = 0;
  let length = 0;
  for (const character of text) {
    used += WIDE_CHARACTER.test(character) ? 2 : 1;
    if (used > columns) return length;
    length += character.length;
  }
  return length;
}

/** `at`, or one less where it would part a surrogate pair. */
function characterBoundary(text: string, at: number): number {
  const parts =
    at > 1 && at < text.length && /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '');
  return parts ? at - 1 : at;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterOf(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (segmenter === undefined) {
    // `auto` and `und` have no rules of their own; the root rules are those of English.
    const locale = /^[a-z]{2,3}(-|$)/.test(language) && language !== 'und' ? language : 'en';
    segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' });
    segmenters.set(language, segmenter);
  }
  return segmenter;
}
