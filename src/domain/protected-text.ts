import { lostDigits } from './carried-digits.js';
import type { GlossarySpan } from './glossary/glossary.js';
import { termInText, touches } from './glossary/term-text.js';
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
import { writtenWithoutSpaces } from './script.js';

/**
 * What becomes of a kept item whose mark a translation lost: `put-back` at the place that corresponds to its own,
 * between words (the default); `append` at the end; `report` leaves it out, to be told only.
 */
export type MissingPolicy = 'put-back' | 'append' | 'report';

export interface Restored {
  readonly text: string;
  /** Kept items whose marks were lost, and carried ones whose digits are nowhere; empty when all is well. */
  readonly missing: readonly ProtectedItem[];
  /** Terms whose marks were lost; each stands in the text all the same unless only a report was asked for. */
  readonly missingTerms: readonly GlossarySpan[];
  /** Marks that nobody set or that came twice, which are removed, and kept items that the original has not, which stay. */
  readonly invented: readonly string[];
}

export interface ProtectionOptions {
  readonly style?: MarkStyleName;
  /** Terms of a glossary in the text, in order; one that overlaps a kept item does not count. */
  readonly terms?: readonly GlossarySpan[];
  /** Language that the text is brought into: where it has no spaces between words, none is left around a term. */
  readonly target?: string;
}

export interface ProtectedText {
  /** The text with a mark for each run of kept items, for the model. */
  readonly text: string;
  /** Everything that must not change, in order. */
  readonly items: readonly ProtectedItem[];
  /** Terms that have a mark. */
  readonly terms: readonly GlossarySpan[];
  /** A translation of `text` with the kept items in the place of their marks. */
  restore(translated: string, missing?: MissingPolicy): Restored;
}

/** Scripts whose words a mark must not touch, lest a model take both for one word. */
const SPACED_WORD = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u;

/**
 * Replaces what must not change (addresses, placeholders, tags, emoji …) by marks, which `restore` turns back, and terms of a
 * glossary, which it turns into what the glossary has. Restoring the text that was given out is exact, whatever the text: a mark
 * has a number that the text does not hold. A term at the beginning of the translation gets a capital when the text begins with one.
 */
export function protectText(
  text: string,
  { style = DEFAULT_MARK_STYLE, terms: given = [], target = '' }: ProtectionOptions = {},
): ProtectedText {
  const items = findProtected(text);
  const terms = given.filter((term) => !items.some((item) => overlaps(term, item)));
  const runs = runsOf(text, items, terms);
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
    terms,
    restore: (translated, missing = 'put-back') => {
      const byNumber = new Map(runs.map((run, index) => [numbers[index] as number, run]));
      const { parts, invented } = partsOf(translated, style, byNumber, taken);
      const found = new Set(parts.filter(isPlaced).map(({ run }) => run));
      const lost = runs.filter((run) => !found.has(run));
      const restored = joined(
        inNestedOrder(completed(parts, lost, missing, plainLength), runs),
        text,
        writtenWithoutSpaces(target),
      );
      return {
        text: restored,
        missingTerms: lost.flatMap(({ term }) => term ?? []),
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

/** Whether a term shares characters with something that is to be kept to the character, to which it gives way. */
function overlaps({ start, end }: GlossarySpan, item: ProtectedItem): boolean {
  return item.class === 'kept' && item.start < end && item.start + item.text.length > start;
}

/** Kept items that touch one another come and go together; a term has a run of its own. */
function runsOf(text: string, items: readonly ProtectedItem[], terms: readonly GlossarySpan[]): Run[] {
  const groups: ProtectedItem[][] = [];
  let end = -1;
  for (const item of items) {
    if (item.class !== 'kept') continue;
    if (item.start === end) groups.at(-1)?.push(item);
    else groups.push([item]);
    end = item.start + item.text.length;
  }
  const places = [
    ...groups.map((members) => ({
      start: (members[0] as ProtectedItem).start,
      own: members.map((item) => item.text).join(''),
      items: members,
    })),
    ...terms.map((term) => ({ start: term.start, own: text.slice(term.start, term.end), items: [], term })),
  ].sort((a, b) => a.start - b.start);
  let plainBefore = 0;
  let last = 0;
  return places.map(({ start, own, ...what }): Run => {
    plainBefore += start - last;
    last = start + own.length;
    return {
      text: own,
      ...what,
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
    const again = mark.again === undefined ? undefined : byNumber.get(mark.again);
    // A translation may well say a term twice.
    const run = mark.number === null ? (again?.term === undefined ? undefined : again) : byNumber.get(mark.number);
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
function joined(parts: readonly Part[], original: string, dense: boolean): string {
  const pieces: string[] = [];
  let skipSpace = false;
  let afterTerm = '';
  for (const part of parts) {
    if (!isPlaced(part)) {
      if (part === '') continue;
      const meets = dense && touches(afterTerm, part.trimStart());
      pieces.push(meets ? part.trimStart() : skipSpace && part.startsWith(' ') ? part.slice(1) : part);
      skipSpace = false;
      afterTerm = '';
      continue;
    }
    const { run, marked } = part;
    const before = pieces.at(-1);
    if (marked && run.spaceBefore && before?.endsWith(' ')) pieces[pieces.length - 1] = before.slice(0, -1);
    skipSpace = marked && run.spaceAfter;
    afterTerm = '';
    if (run.term === undefined) {
      pieces.push(run.text);
      continue;
    }
    afterTerm = termInText(run.term, pieces.join(''), original);
    // Engines put spaces around what they do not know, where the language has none.
    const last = pieces.at(-1);
    if (dense && last !== undefined && touches(last.trimEnd(), afterTerm)) pieces[pieces.length - 1] = last.trimEnd();
    pieces.push(afterTerm);
  }
  return pieces.join('');
}
