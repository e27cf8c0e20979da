import { MONTH_STEMS, NUMBER_STEMS, SURE_NUMBER_WORDS } from './number-lexicon.js';

/** Letters that may stand between two numbers of one word: `einundzwanzig`, `vingt-et-un`, `treintaidós`. */
const JOINTS = ['und', 'et', 'e', 'y', 'i', 'a', 's', '-'];
/** Words that may stand between two numbers of one number. */
const BETWEEN = new Set(['and', 'und', 'et', 'y', 'e', 'и', 'de', 'di']);
/** Longer words are no numbers; keeps the search of one word short. */
const LONGEST_WORD = 60;
/** Stems shorter than this are whole words. */
const FREE_STEM = 4;

const WORD = /\p{L}[\p{L}\p{M}]*(?:-\p{L}[\p{L}\p{M}]*)*/gu;
/** Also with the ending of an ordinal: `XIXe`. */
const ROMAN = /(?<![\p{L}\p{N}])([IVXLC]{1,8})(?:er|ère|re|ème|e)?(?![\p{L}\p{N}])/gu;
const ROMAN_DIGITS: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100 };

interface Stems {
  readonly values: ReadonlyMap<string, readonly number[]>;
  readonly longest: number;
  /** Words of `SURE_NUMBER_WORDS`. */
  readonly sure: ReadonlySet<string>;
  readonly months: ReadonlyArray<readonly [stem: string, month: number]>;
}

const known = new Map<string, Stems | null>();

/** A word without case and accents. */
export function folded(word: string): string {
  return word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}

/**
 * Every number that words of the text may say: cardinals, ordinals, multiples, months, Roman numerals and what they make
 * together (`two hundred and five`, `nineteen eighty-four`). Generous by intent: see number-lexicon.ts. Empty for a
 * language without a lexicon.
 */
export function numbersInWords(text: string, language: string): Set<number> {
  const found = new Set<number>();
  const stems = stemsOf(language);
  if (stems !== null) {
    let run: number[] = [];
    for (const [match] of text.matchAll(WORD)) {
      const word = match.length > LONGEST_WORD ? '' : folded(match);
      const values = numbersOfWord(word, stems);
      for (const [stem, month] of stems.months) if (word.startsWith(stem)) found.add(month);
      if (values.length > 0) run.push(...values);
      else if (!BETWEEN.has(word)) {
        addRun(run, found);
        run = [];
      }
    }
    addRun(run, found);
  }
  // A single I is a pronoun, and C and L are letters more often than numbers.
  for (const [, roman] of text.matchAll(ROMAN))
    if (!/^[ILC]$/.test(roman as string)) found.add(romanValue(roman as string));
  return found;
}

/** The words and compounds with hyphens that surely say a number of three and more, each with it. */
export function sureNumberWords(text: string, language: string): Array<readonly [word: string, value: number]> {
  const stems = stemsOf(language);
  if (stems === null) return [];
  const found: Array<readonly [string, number]> = [];
  for (const [match] of text.matchAll(WORD)) {
    if (match.length > LONGEST_WORD) continue;
    if (!match.split('-').some((word) => stems.sure.has(folded(word)))) continue;
    // What a compound says together: ninety-six is quatre-vingt-seize.
    found.push([match, addRun(numbersOfWord(folded(match), stems), new Set())]);
  }
  return found;
}

/** The factor that a word after digits stands for, such as `millions`; null when it is none. */
export function magnitudeOf(word: string, language: string): number | null {
  const stems = stemsOf(language);
  if (stems === null || word.length > LONGEST_WORD) return null;
  const values = numbersOfWord(folded(word), stems);
  return values.length === 1 && (values[0] as number) >= 100 ? (values[0] as number) : null;
}

/** Values of the stems that the word is made of; empty when it does not begin with one. Of a stem with several, all. */
function numbersOfWord(word: string, stems: Stems): number[] {
  const found: number[] = [];
  for (let at = 0; at < word.length; ) {
    const length = stemAt(word, at, stems);
    if (length === 0) {
      const joint = word.length - at - afterJoint(word.slice(at)).length;
      if (joint === 0 || found.length === 0) break;
      at += joint;
      continue;
    }
    // A short stem has to meet another one: `un` is none in `under`.
    const end = at + length;
    const meets = (next: string): boolean => stemAt(next, 0, stems) > 0;
    const rest = word.slice(end);
    if (length < FREE_STEM && found.length === 0 && rest !== '' && !meets(rest) && !meets(afterJoint(rest))) break;
    found.push(...(stems.values.get(word.slice(at, end)) as readonly number[]));
    at = end;
  }
  return found;
}

/** Length of the longest stem that stands at this place of the word, 0 for none. */
function stemAt(word: string, at: number, { values, longest }: Stems): number {
  let length = Math.min(longest, word.length - at);
  while (length > 0 && !values.has(word.slice(at, at + length))) length--;
  return length;
}

function afterJoint(rest: string): string {
  const joint = JOINTS.find((one) => rest.startsWith(one));
  return joint === undefined ? rest : rest.slice(joint.length);
}

/**
 * Adds each number of a run, and what they may make together: sums and products, any two neighbours apart from the rest
 * (`six forty-five`, `fünfundvierzig`), and the two halves of a year.
 * @returns what all of them say as one number
 */
function addRun(run: readonly number[], found: Set<number>): number {
  let total = 0;
  let group = 0;
  for (const [index, value] of run.entries()) {
    found.add(value);
    const before = run[index - 1] ?? 0;
    if (before > 0 && before < 100 && value < 100) {
      found.add(before + value);
      if (before >= 10 && value >= 10) found.add(before * 100 + value);
    }
    if (value === 100) group = (group || 1) * 100;
    else if (value >= 1000) {
      total += (group || 1) * value;
      // mil millones
      if (before >= 1000) found.add(before * value);
      group = 0;
    } else group += value;
    found.add(group);
    found.add(total + group);
  }
  // nineteen eighty-four
  for (let at = 0; at + 2 < run.length; at++) {
    const [century, tens, ones] = run.slice(at, at + 3) as [number, number, number];
    if (century >= 10 && century < 100 && tens < 100 && ones < 10) found.add(century * 100 + tens + ones);
  }
  return total + group;
}

function romanValue(roman: string): number {
  const digits = Array.from(roman, (letter) => ROMAN_DIGITS[letter] as number);
  return digits.reduce((sum, digit, index) => sum + (digit < (digits[index + 1] ?? 0) ? -digit : digit), 0);
}

function stemsOf(language: string): Stems | null {
  const cached = known.get(language);
  if (cached !== undefined) return cached;
  const lexicon = NUMBER_STEMS[language];
  let stems: Stems | null = null;
  if (lexicon !== undefined) {
    const values = new Map<string, number[]>();
    for (const [value, list] of lexicon) {
      for (const stem of list.split(' ').map(folded))
        values.set(stem, [...new Set([...(values.get(stem) ?? []), value])]);
    }
    const months = (MONTH_STEMS[language] ?? '')
      .split('|')
      .flatMap((list, index) => list.split(' ').map((stem): [string, number] => [folded(stem), index + 1]));
    const sure = new Set(folded(SURE_NUMBER_WORDS[language] ?? '').split(/\s+/));
    stems = { values, longest: Math.max(...Array.from(values.keys(), (stem) => stem.length)), sure, months };
  }
  known.set(language, stems);
  return stems;
}
