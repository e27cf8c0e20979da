import type { GlossarySpan } from './glossary/glossary.js';
import { termInText } from './glossary/term-text.js';
import { findProtected, type ProtectedItem, tagRole } from './protected-items.js';

/**
 * Where a sentence is cut: `edges` where a kept item stands between clauses or at an end of the sentence, so that no
 * clause is torn; `everywhere` at each kept item, for a model that does not copy marks.
 */
export type CutPlaces = 'edges' | 'everywhere';

export interface AroundSplit {
  /** Texts between the cuts, trimmed, each with a letter in it. */
  readonly texts: readonly string[];
  /**
   * The sentence with its texts replaced; the items that were cut out stand between them as they were.
   * @param translated one for each of `texts`, in order
   */
  join(translated: readonly string[]): string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}]/u;
const LETTER = /\p{L}/u;
const STRONG_BEFORE = /(?:^|[.!?;:…。！？；：—–|\n])\s*$/u;
const COMMA_BEFORE = /[,，、]\s*$/u;
const STRONG_AFTER = /^\s*(?:[;:…。！？；：—–|\n]|[.!?](?:\s|$)|[\p{P}\s]*$)/u;
const COMMA_AFTER = /^\s*[,，、]/u;
/** Tags that part lines rather than words. */
const BREAK = /^<(?:br|hr|p|div|li|td|tr)\b/i;
const LEADING = /^[\s,;:.!?，、；：。！？…—–)\]）】」』]*/u;

/**
 * Cuts a sentence so that the model never sees the items that were cut out; joining the same texts gives the sentence, but for terms.
 * @param terms of a glossary in the sentence, in order: cut out as well, what the glossary has for them comes in their place. One
 * that overlaps a kept item does not count.
 */
export function splitAround(
  text: string,
  places: CutPlaces = 'edges',
  terms: readonly GlossarySpan[] = [],
): AroundSplit {
  const kept = findProtected(text).filter((item) => item.class === 'kept');
  const cuts: Array<Span & { readonly term?: GlossarySpan }> =
    places === 'everywhere' ? kept.map(spanOf) : cutsBetweenClauses(text, kept);
  for (const term of terms) {
    const overlaps = kept.some((item) => item.start < term.end && spanOf(item).end > term.start);
    if (!overlaps) cuts.push({ start: term.start, end: term.end, term });
  }
  cuts.sort((a, b) => a.start - b.start);
  const literals: string[] = [];
  const texts: string[] = [];
  let literal = '';
  const add = (piece: string): void => {
    const bare = piece.slice(LEADING.exec(piece)?.[0].length ?? 0).trimEnd();
    if (!LETTER.test(bare) || !hasOwnWords(bare)) {
      literal += piece;
      return;
    }
    const start = piece.indexOf(bare);
    literals.push(literal + piece.slice(0, start));
    texts.push(bare);
    literal = piece.slice(start + bare.length);
  };
  let at = 0;
  for (const { start, end, term } of cuts) {
    add(text.slice(at, start));
    // Words stand before it as soon as one text does.
    const before = texts.length > 0 ? 'x' : literals.join('') + literal;
    literal += term === undefined ? text.slice(start, end) : termInText(term, before, text);
    at = end;
  }
  add(text.slice(at));
  literals.push(literal);
  return {
    texts,
    join: (translated) =>
      literals.map((before, index) => before + (index < texts.length ? (translated[index] ?? '') : '')).join(''),
  };
}

/** Whether there is a letter outside kept items. */
function hasOwnWords(text: string): boolean {
  const kept = findProtected(text).filter((item) => item.class === 'kept');
  return LETTER.test(between(text, kept, 0, text.length));
}

function cutsBetweenClauses(text: string, kept: readonly ProtectedItem[]): Span[] {
  const cut = edgeItems(text, kept);
  for (const group of groupsOf(kept)) {
    const first = group[0] as ProtectedItem;
    const last = group.at(-1) as ProtectedItem;
    if (group.every((item) => BREAK.test(item.text))) for (const item of group) cut.add(item);
    if (group.some((item) => tagRole(item) !== null)) continue;
    const before = text.slice(0, first.start).slice(-40);
    const after = text.slice(spanOf(last).end, spanOf(last).end + 40);
    const opens = first.start === 0 || STRONG_BEFORE.test(before);
    const ends = STRONG_AFTER.test(after);
    if ((opens && (ends || COMMA_AFTER.test(after))) || (ends && COMMA_BEFORE.test(before))) {
      for (const item of group) cut.add(item);
    }
  }
  return kept.filter((item) => cut.has(item)).map(spanOf);
}

/** Emoji and single tags at the ends of the text, and pairs of tags around the whole of it. */
function edgeItems(text: string, kept: readonly ProtectedItem[]): Set<ProtectedItem> {
  const partners = pairsOf(kept);
  const cut = new Set<ProtectedItem>();
  let low = 0;
  let high = kept.length - 1;
  while (low <= high) {
    const first = kept[low] as ProtectedItem;
    const last = kept[high] as ProtectedItem;
    const atStart = !WORD.test(between(text, kept, 0, first.start));
    const atEnd = !WORD.test(between(text, kept, spanOf(last).end, text.length));
    const lone = (item: ProtectedItem): boolean =>
      item.kind === 'emoji' || (item.kind === 'tag' && !partners.has(item));
    if (atStart && lone(first)) {
      cut.add(first);
      low++;
    } else if (atEnd && lone(last)) {
      cut.add(last);
      high--;
    } else if (atStart && atEnd && first !== last && partners.get(first) === last) {
      cut.add(first).add(last);
      low++;
      high--;
    } else break;
  }
  return cut;
}

function pairsOf(items: readonly ProtectedItem[]): Map<ProtectedItem, ProtectedItem> {
  const pairs = new Map<ProtectedItem, ProtectedItem>();
  const open: Array<{ readonly name: string; readonly item: ProtectedItem }> = [];
  for (const item of items) {
    const role = tagRole(item);
    if (role === null) continue;
    if (role.opens) open.push({ name: role.name, item });
    else if (open.at(-1)?.name === role.name) {
      const opening = (open.pop() as { item: ProtectedItem }).item;
      pairs.set(opening, item).set(item, opening);
    }
  }
  return pairs;
}

/** Items that touch one another or have white space between them only. */
function groupsOf(items: readonly ProtectedItem[]): ProtectedItem[][] {
  const groups: ProtectedItem[][] = [];
  let end = -1;
  for (const item of items) {
    if (item.start === end) groups.at(-1)?.push(item);
    else groups.push([item]);
    end = spanOf(item).end;
  }
  return groups;
}

function spanOf(item: ProtectedItem): Span {
  return { start: item.start, end: item.start + item.text.length };
}

/** A stretch of the text without the items in it. */
function between(text: string, items: readonly ProtectedItem[], from: number, to: number): string {
  let rest = '';
  let at = from;
  for (const item of items) {
    const { start, end } = spanOf(item);
    if (end <= from || start >= to) continue;
    rest += text.slice(at, start);
    at = end;
  }
  return rest + text.slice(at, to);
}
