import type { GlossarySpan } from './glossary/glossary.js';
import { type ProtectedItem, tagRole } from './protected-items.js';
import { WIDE_CHARACTER } from './script.js';

/** Kept items of a text that touch one another, which come and go together under one mark. */
export interface Run {
  /** As it stands in the original. */
  readonly text: string;
  /** What a glossary has for it, which comes in its place. */
  readonly term?: GlossarySpan;
  readonly items: readonly ProtectedItem[];
  /** Offset in the original, in code units. */
  readonly start: number;
  /** Code units of the original before it, kept items not counted. */
  readonly plainBefore: number;
  /** A space was put between its mark and the word before or after, which the original has not. */
  readonly spaceBefore: boolean;
  readonly spaceAfter: boolean;
}

/** A run in a translation; `marked` where its mark stood, with the spaces that go with the mark. */
export interface PlacedRun {
  readonly run: Run;
  readonly marked: boolean;
}

export type Part = string | PlacedRun;

interface Place {
  readonly part: number;
  readonly at: number;
  /** Code units of the translation before it, runs not counted. */
  readonly offset: number;
}

const PUNCTUATION_AT_END = /[\p{P}\s]+$/u;
const PUNCTUATION = /^\p{P}/u;

/** The parts with lost runs at their end, in order. */
export function appended(parts: readonly Part[], lost: readonly Run[]): Part[] {
  const result = [...parts];
  for (const run of lost) {
    const before = result.at(-1);
    const needsSpace =
      !isTag(run) && result.some((part) => part !== '') && !(typeof before === 'string' && /\s$/.test(before));
    result.push(...(needsSpace ? [' '] : []), { run, marked: false });
  }
  return result;
}

/**
 * The parts with lost runs between words, where as much of the translation is before each as of the original was.
 * @param lost in the order of the original
 * @param plainLength code units of the original, kept items not counted
 */
export function putBack(parts: readonly Part[], lost: readonly Run[], plainLength: number): Part[] {
  if (lost.length === 0) return [...parts];
  const places = placesOf(parts);
  const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
  const byPart = new Map<number, Array<{ at: number; run: Run }>>();
  let from = 0;
  for (const run of lost) {
    const wanted = plainLength === 0 ? 0 : (run.plainBefore / plainLength) * length;
    from = nearest(places, wanted, from, parts, run);
    const { part, at } = places[from] as Place;
    const there = byPart.get(part);
    if (there === undefined) byPart.set(part, [{ at, run }]);
    else there.push({ at, run });
  }
  return parts.flatMap((part, index) =>
    withRuns(part, byPart.get(index) ?? [], wordOf(parts[index - 1]), wordOf(parts[index + 1])),
  );
}

/** Index of the place nearest to an offset, from one that is given on; of two at one offset the side that keeps the order. */
function nearest(places: readonly Place[], wanted: number, from: number, parts: readonly Part[], run: Run): number {
  const distance = (index: number): number => Math.abs((places[index]?.offset ?? Number.POSITIVE_INFINITY) - wanted);
  let best = from;
  for (let next = from + 1; next < places.length; next++) {
    if (places[next]?.offset === places[best]?.offset) continue;
    if (distance(next) >= distance(best)) break;
    best = next;
  }
  for (let next = best + 1; places[next]?.offset === places[best]?.offset && next < places.length; next++) {
    const between = parts[(places[next] as Place).part - 1];
    if (typeof between === 'object' && between.run.start < run.start) best = next;
  }
  return best;
}

function placesOf(parts: readonly Part[]): Place[] {
  const places: Place[] = [];
  let offset = 0;
  for (const [part, text] of parts.entries()) {
    if (typeof text !== 'string') continue;
    const endOfWords = text.length - (PUNCTUATION_AT_END.exec(text.slice(-20))?.[0].length ?? 0);
    for (let at = 0; at <= text.length; at++) {
      if (at === 0 || at === text.length || at === endOfWords || isBetweenWords(text, at)) {
        places.push({ part, at, offset: offset + at });
      }
    }
    offset += text.length;
  }
  return places;
}

function isBetweenWords(text: string, at: number): boolean {
  const before = text[at - 1] as string;
  const after = text[at] as string;
  if (/\s/.test(after)) return !/\s/.test(before);
  return WIDE_CHARACTER.test(before) && WIDE_CHARACTER.test(after) && !PUNCTUATION.test(after);
}

/** What stands in a run's place, where it stands apart from words as they do from each other. */
function wordOf(part: Part | undefined): string {
  if (part === undefined || typeof part === 'string' || isTag(part.run)) return '';
  return part.run.term?.target ?? part.run.text;
}

/**
 * @param before the word right before the part, if there is one
 * @param after the word right after it
 */
function withRuns(
  part: Part,
  inserted: ReadonlyArray<{ readonly at: number; readonly run: Run }>,
  before: string,
  after: string,
): Part[] {
  if (typeof part !== 'string') return [part];
  const result: Part[] = [];
  let done = 0;
  let last = before.slice(-1);
  for (const { at, run } of inserted) {
    const place = Math.max(done, opensTag(run) ? at + leadingSpace(part, at) : at);
    if (place > done) {
      result.push(part.slice(done, place));
      last = part[place - 1] as string;
    }
    const apart = !isTag(run);
    if (apart && needsSpace(last, run.spaceBefore)) result.push(' ');
    result.push({ run, marked: false });
    last = (run.term?.target ?? run.text).slice(-1);
    const next = part[place] ?? after.slice(0, 1);
    if (apart && !PUNCTUATION.test(next) && needsSpace(next, run.spaceAfter)) {
      result.push(' ');
      last = ' ';
    }
    done = place;
  }
  result.push(part.slice(done));
  return result;
}

function needsSpace(neighbour: string, touchedInOriginal: boolean): boolean {
  return neighbour !== '' && !/\s/.test(neighbour) && !WIDE_CHARACTER.test(neighbour) && !touchedInOriginal;
}

function leadingSpace(text: string, at: number): number {
  let end = at;
  while (/\s/.test(text[end] ?? '')) end++;
  return end - at;
}

function isTag(run: Run): boolean {
  return run.term === undefined && run.items.every((item) => item.kind === 'tag');
}

function opensTag(run: Run): boolean {
  return run.items.some((item) => tagRole(item)?.opens === true) && run.items.at(-1)?.kind === 'tag';
}
