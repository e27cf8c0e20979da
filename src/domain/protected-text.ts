import { lostDigits } from './carried-digits.js';
import {
  DEFAULT_MARK_STYLE,
  findMarks,
  freeNumbers,
  MARK_STYLES,
  type MarkStyleName,
  numbersIn,
} from './mark-style.js';
import { findProtected, type ProtectedItem, tagRole } from './protected-items.js';
import { appended, type Part, type PlacedRun, putBack, type Run } from './put-back.js';

/**
 * What becomes of a kept item whose mark a translation lost: `put-back` at the place that corresponds to its own,
 * between words (the default); `append` at the end; `report` leaves it out, to be told only.
 */
export type MissingPolicy = 'put-back' | 'append' | 'report';

export interface Restored {
  readonly text: string;
  /** Kept items whose marks were lost, and carried ones whose digits are nowhere; empty when all is well. */
  readonly missing: readonly ProtectedItem[];
  /** Marks that nobody set or that came twice, which are removed, and kept items that the original has not, which stay. */
  readonly invented: readonly string[];
}

export interface ProtectedText {
  /** The text with a mark for each run of kept items, for the model. */
  readonly text: string;
  /** Everything that must not change, in order. */
  readonly items: readonly ProtectedItem[];
  /** A translation of `text` with the kept items in the place of their marks. */
  restore(translated: string, missing?: MissingPolicy): Restored;
}

/** Scripts whose words a mark must not touch, lest a model take both for one word. */
const SPACED_WORD = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u;

/**
 * Replaces what must not change (addresses, placeholders, tags, emoji …) by marks, which `restore` turns back. Restoring
 * the text that was given out is exact, whatever the text: a mark has a number that the text does not hold.
 */
export function protectText(text: string, style: MarkStyleName = DEFAULT_MARK_STYLE): ProtectedText {
  const items = findProtected(text);
  const runs = runsOf(text, items);
  const taken = numbersIn(withoutRuns(text, runs));
  const numbers = freeNumbers(taken, runs.length);
  const plainLength = runs.reduce((sum, run) => sum - run.text.length, text.length);
  const { open, close } = MARK_STYLES[style];
  let marked = '';
  let at = 0;
  for (const [index, run] of runs.entries()) {
    marked += `${text.slice(at, run.start)}${run.spaceBefore ? ' ' : ''}${open}${numbers[index]}${close}${run.spaceAfter ? ' ' : ''}`;
    at = run.start + run.text.length;
  }
  marked += text.slice(at);
  return {
    text: marked,
    items,
    restore: (translated, missing = 'put-back') => {
      const byNumber = new Map(runs.map((run, index) => [numbers[index] as number, run]));
      const { parts, invented } = partsOf(translated, style, byNumber, taken);
      const found = new Set(parts.filter(isPlaced).map(({ run }) => run));
      const lost = runs.filter((run) => !found.has(run));
      const restored = joined(inNestedOrder(completed(parts, lost, missing, plainLength), runs));
      return {
        text: restored,
        missing: [...lost.flatMap((run) => run.items), ...lostDigits(items, restored)].sort(
          (a, b) => a.start - b.start,
        ),
        invented: [...invented, ...parts.flatMap((part) => (isPlaced(part) ? [] : strangers(part, text)))],
      };
    },
  };
}

function completed(parts: readonly Part[], lost: readonly Run[], missing: MissingPolicy, plainLength: number): Part[] {
  switch (missing) {
    case 'put-back':
      return putBack(parts, lost, plainLength);
    case 'append':
      return appended(parts, lost);
    case 'report':
      return [...parts];
  }
}

/** Kept items that touch one another come and go together. */
function runsOf(text: string, items: readonly ProtectedItem[]): Run[] {
  const groups: ProtectedItem[][] = [];
  let end = -1;
  for (const item of items) {
    if (item.class !== 'kept') continue;
    if (item.start === end) groups.at(-1)?.push(item);
    else groups.push([item]);
    end = item.start + item.text.length;
  }
  let plainBefore = 0;
  let last = 0;
  return groups.map((members): Run => {
    const start = (members[0] as ProtectedItem).start;
    const own = members.map((item) => item.text).join('');
    plainBefore += start - last;
    last = start + own.length;
    return {
      text: own,
      items: members,
      start,
      plainBefore,
      spaceBefore: SPACED_WORD.test(text[start - 1] ?? ''),
      spaceAfter: SPACED_WORD.test(text[last] ?? ''),
    };
  });
}

/** NUL in the place of each run, so that numbers on both sides stay two. */
function withoutRuns(text: string, runs: readonly Run[]): string {
  let rest = '';
  let at = 0;
  for (const run of runs) {
    rest += `${text.slice(at, run.start)}\u0000`;
    at = run.start + run.text.length;
  }
  return rest + text.slice(at);
}

function partsOf(
  translated: string,
  style: MarkStyleName,
  byNumber: ReadonlyMap<number, Run>,
  taken: ReadonlySet<string>,
): { parts: Part[]; invented: string[] } {
  const parts: Part[] = [];
  const invented: string[] = [];
  let at = 0;
  for (const mark of findMarks(translated, MARK_STYLES[style], new Set(byNumber.keys()), taken)) {
    const before = translated.slice(at, mark.start);
    const run = mark.number === null ? undefined : byNumber.get(mark.number);
    if (run === undefined) {
      parts.push(before.replace(/ $/, ''));
      invented.push(translated.slice(mark.start, mark.end));
    } else parts.push(before, { run, marked: true });
    at = mark.end;
  }
  parts.push(translated.slice(at));
  return { parts, invented };
}

/** What looks like something to keep and stands in the translation only. */
function strangers(part: string, original: string): string[] {
  return findProtected(part)
    .filter((item) => item.class === 'kept' && !original.includes(item.text))
    .map((item) => item.text);
}

/**
 * Tags that a model moved out of their nesting go back into the order of the original, over the places where tags stand;
 * tags that are still nested stay where the model put them.
 */
function inNestedOrder(parts: readonly Part[], runs: readonly Run[]): readonly Part[] {
  const tagged = parts.filter((part): part is PlacedRun => isPlaced(part) && holdsTag(part.run)).map(({ run }) => run);
  const present = new Set(tagged);
  const inOrder = runs.filter((run) => present.has(run));
  if (unclosed(tagged) === unclosed(inOrder)) return parts;
  let next = 0;
  return parts.map((part) => (isPlaced(part) && holdsTag(part.run) ? { ...part, run: inOrder[next++] as Run } : part));
}

function isPlaced(part: Part): part is PlacedRun {
  return typeof part !== 'string';
}

function holdsTag(run: Run): boolean {
  return run.items.some((item) => tagRole(item) !== null);
}

/** The tags that stay open and those that close nothing, as one string to compare. */
function unclosed(runs: readonly Run[]): string {
  const open: string[] = [];
  const strays: string[] = [];
  for (const item of runs.flatMap((run) => run.items)) {
    const role = tagRole(item);
    if (role === null) continue;
    if (role.opens) open.push(role.name);
    else if (open.at(-1) === role.name) open.pop();
    else strays.push(role.name);
  }
  return [...strays.map((name) => `/${name}`), ...open].sort().join(' ');
}

/** The parts as one text, without the spaces that kept marks apart from words. */
function joined(parts: readonly Part[]): string {
  const pieces: string[] = [];
  let skipSpace = false;
  for (const part of parts) {
    if (!isPlaced(part)) {
      if (part === '') continue;
      pieces.push(skipSpace && part.startsWith(' ') ? part.slice(1) : part);
      skipSpace = false;
      continue;
    }
    const { run, marked } = part;
    const before = pieces.at(-1);
    if (marked && run.spaceBefore && before?.endsWith(' ')) pieces[pieces.length - 1] = before.slice(0, -1);
    pieces.push(run.text);
    skipSpace = marked && run.spaceAfter;
  }
  return pieces.join('');
}
