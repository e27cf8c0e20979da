import { editDistance } from '../edit-distance.js';
import { type Check, type Finding, quoted } from './finding.js';
import { withoutItems } from './kept-items.js';
import { translatedNameWords } from './name-words.js';
import { folded } from './number-words.js';
import { isLatin } from './scripts.js';

/** What is looked at of a text, characters; and names of it. Each name is compared with each word. */
const MOST_CHARACTERS = 10_000;
const MOST_NAMES = 48;
/** Words of a full name that are put together. */
const LONGEST_NAME = 6;
/** Longer words are no names. */
const LONGEST_WORD = 40;
/** Shorter words in Latin letters are units and acronyms, which have translations of their own. */
const FEWEST_LETTERS = 4;
/** Of so many single names none may be carried by chance of translation; fewer are often countries and peoples. */
const SINGLE_NAMES = 3;
/** A sentence with more than this share of capitalised words is a heading. */
const HEADING = 0.5;

const WORD = /\p{Script=Latin}[\p{Script=Latin}\p{M}\p{N}]*/gu;
const CAPITALISED = /^\p{Lu}[\p{Ll}\p{M}'’]|\p{Ll}\p{Lu}/u;
const INNER_CAPITAL = /\p{Ll}\p{Lu}\p{Ll}/u;
/** What may stand before a name inside of a sentence. */
const INSIDE = /[\p{L}\p{N},]\s*$/u;

interface Name {
  readonly text: string;
  readonly words: readonly string[];
  /** Whether it must be carried alone: a full name, a name with an inner capital, or Latin letters in another script. */
  readonly certain: boolean;
}

/**
 * Names that are sure to be carried stand in the target, spelled alike (accents, endings and a few letters may differ).
 * Between Latin scripts: names of two words and more, without words such as `House` or `North`, names with a
 * capital inside, and of three other names at least one; German, where nouns are capitalised too, only with inner capitals.
 * From another script: words in Latin letters. Into another script: words in Latin letters come from the source. Names that are
 * transliterated are not checked, nor are acronyms: people translate most of them.
 */
export const names: Check = ({ source, target, sourceLanguage, targetLanguage, kept }) => {
  const from = withoutItems(source.slice(0, MOST_CHARACTERS), kept);
  const to = withoutItems(target.slice(0, MOST_CHARACTERS), kept);
  if (!isLatin(targetLanguage)) return isLatin(sourceLanguage) ? invented(from, to) : [];
  const wanted = isLatin(sourceLanguage) ? namesOf(from, sourceLanguage) : latinNames(from);
  if (wanted.length === 0) return [];
  const words = wordsOf(to);
  const missing = wanted.filter((name) => !name.words.some((word) => stands(word, words)));
  const certain = missing.filter((name) => name.certain);
  const none = missing.length === wanted.length && missing.length >= SINGLE_NAMES;
  const lost = certain.length > 0 ? certain : none ? missing : [];
  if (lost.length === 0) return [];
  const weight = Math.min(0.7, 0.35 + 0.1 * lost.length);
  return [{ check: 'names', detail: `missing: ${quoted(lost.map(({ text }) => text))}`, weight }];
};

/** Latin words of a target in another script that are like none of the source: a misspelt or an invented name. */
function invented(source: string, target: string): Finding[] {
  const words = wordsOf(source);
  const lost = latinNames(target).filter((name) => !name.words.some((word) => stands(word, words)));
  if (lost.length === 0) return [];
  return [{ check: 'names', detail: `not in the source: ${quoted(lost.map(({ text }) => text))}`, weight: 0.35 }];
}

function latinNames(text: string): Name[] {
  const found: Name[] = [];
  for (const [word] of text.matchAll(WORD)) {
    if (found.length === MOST_NAMES) break;
    if (word.length < FEWEST_LETTERS || word.length > LONGEST_WORD || !CAPITALISED.test(word)) continue;
    found.push({ text: word, words: [folded(word)], certain: true });
  }
  return found;
}

function namesOf(text: string, language: string): Name[] {
  const words = [...text.matchAll(WORD)];
  const capitals = words.filter(([word]) => /^\p{Lu}/u.test(word)).length;
  const translated = translatedNameWords(language);
  const found: Name[] = [];
  for (let at = 0; at < words.length && found.length < MOST_NAMES; at++) {
    const { 0: word, index } = words[at] as RegExpExecArray;
    if (INNER_CAPITAL.test(word) && word.length <= LONGEST_WORD) {
      found.push({ text: word, words: [folded(word)], certain: true });
      continue;
    }
    if (translated === null || capitals > HEADING * words.length || !CAPITALISED.test(word)) continue;
    const row = rowOfNames(text, words.slice(at, at + LONGEST_NAME));
    at += Math.max(0, row.length - 1);
    const plain = row.map(folded);
    if (row.length === 0 || plain.some((part) => translated.has(part))) continue;
    // A sentence begins with a capital whatever its first word is, so that one capital there says nothing.
    const inside = INSIDE.test(text.slice(Math.max(0, index - 3), index));
    if (inside || row.length > 1) found.push({ text: row.join(' '), words: plain, certain: row.length > 1 });
  }
  return found;
}

/** The capitalised words in a row with one space between, from the first on. */
function rowOfNames(text: string, words: ReadonlyArray<RegExpExecArray>): string[] {
  const row: string[] = [];
  let end = -1;
  for (const { 0: word, index } of words) {
    const follows = end < 0 || text.slice(end, index) === ' ';
    if (!follows || !CAPITALISED.test(word) || word.length < FEWEST_LETTERS - 1 || word.length > LONGEST_WORD) break;
    row.push(word);
    end = index + word.length;
  }
  return row;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(WORD), ([word]) => folded(word.slice(0, LONGEST_WORD + 1))));
}

/** Whether a word is among those, or one spelled like it: half of it alike from the beginning on, or two of five letters changed. */
function stands(word: string, words: ReadonlySet<string>): boolean {
  if (words.has(word)) return true;
  const letters = Array.from(word);
  for (const other of words) {
    let prefix = 0;
    while (prefix < word.length && word[prefix] === other[prefix]) prefix++;
    if (prefix >= 3 && prefix * 2 >= Math.min(word.length, other.length)) return true;
    const longer = Math.max(word.length, other.length);
    if (longer < FEWEST_LETTERS || Math.abs(word.length - other.length) > 0.4 * longer) continue;
    if (editDistance(letters, Array.from(other)) <= 0.4 * longer) return true;
  }
  return false;
}
