import { editDistance } from '../edit-distance.js';
import { engineLanguage } from '../language.js';
import { type Check, quoted } from './finding.js';
import { withoutItems } from './kept-items.js';

/** What is looked at of a text, characters. */
const MOST_CHARACTERS = 64_000;
/** Longer texts are compared by their words, since the distance takes time with the product of both lengths. */
const LONGEST_BY_CHARACTER = 1_000;
/** Equal characters, as a share of the longer text, from which a target is a copy. */
const NEAR_EQUAL = 0.85;
/** Share of the words that are equal in a copy. */
const EQUAL_WORDS = 0.5;
/** Words in a row that two languages do not share by chance. */
const RUN = 4;
/** Share of the target's words in such runs from which it is left untranslated. */
const COPIED_SHARE = 0.5;
/** Fewer words to translate may be a loan, a name or a title that both languages have. */
const FEWEST_WORDS = 3;
/** The same for scripts without spaces, in characters: Chinese and Japanese share words of up to about six. */
const FEWEST_CHARACTERS = 8;

/** A word that begins small, of three letters at least: no name, no code, and too long for an article both languages have. */
const PLAIN_WORD = /(?<![\p{L}\p{N}])\p{Ll}[\p{L}\p{M}'’-]{2,}/gu;
const DENSE_SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const DENSE = new RegExp(`[${DENSE_SCRIPTS}]`, 'gu');
/** A character of those scripts, or a word of others. */
const TOKEN = new RegExp(`[${DENSE_SCRIPTS}]\\p{M}*|(?:(?![${DENSE_SCRIPTS}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');

/** The target is not the source itself, whole or for the most part, where the source has words to translate. */
export const copied: Check = ({ source, target, sourceLanguage, targetLanguage, kept }) => {
  if (engineLanguage(sourceLanguage) === engineLanguage(targetLanguage)) return [];
  const from = withoutItems(source.slice(0, MOST_CHARACTERS), kept).trim();
  const to = withoutItems(target.slice(0, MOST_CHARACTERS), kept).trim();
  if (!translatable(from)) return [];
  const likeness = likenessOf(from.toLowerCase(), to.toLowerCase());
  const words = tokensOf(to);
  const known = new Set(tokensOf(from));
  const same = words.filter((word) => known.has(word)).length;
  // Sister languages are alike in every word, but equal in few.
  if (likeness >= NEAR_EQUAL && same >= EQUAL_WORDS * words.length) {
    const weight = likeness === 1 ? 0.9 : 0.7;
    return [{ check: 'copied', detail: `${Math.round(100 * likeness)} % equal to the source`, weight }];
  }
  const runs = sharedRuns(tokensOf(from), words);
  const inRuns = runs.filter(Boolean).length;
  if (inRuns < COPIED_SHARE * words.length || inRuns < 2 * RUN) return [];
  const sample = words
    .filter((_, index) => runs[index])
    .slice(0, 8)
    .join(' ');
  return [{ check: 'copied', detail: `untranslated: ${quoted([sample])}`, weight: 0.6 }];
};

function translatable(text: string): boolean {
  return new Set(text.match(PLAIN_WORD)).size >= FEWEST_WORDS || (text.match(DENSE)?.length ?? 0) >= FEWEST_CHARACTERS;
}

/** 1 − distance ÷ longer length for texts that are short enough, else the share of words in runs that both have. */
function likenessOf(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  if (longer === 0 || Math.min(a.length, b.length) < NEAR_EQUAL * longer) return 0;
  if (a === b) return 1;
  if (longer <= LONGEST_BY_CHARACTER)
    return 1 - editDistance(Array.from(a), Array.from(b)) / Math.max(Array.from(a).length, Array.from(b).length);
  const words = tokensOf(b);
  return sharedRuns(tokensOf(a), words).filter(Boolean).length / Math.max(1, words.length);
}

function tokensOf(text: string): string[] {
  return text.toLowerCase().match(TOKEN) ?? [];
}

/** Which words stand in a run of `RUN` words that the other text has as well. */
function sharedRuns(from: readonly string[], to: readonly string[]): boolean[] {
  const known = new Set<string>();
  for (let at = 0; at + RUN <= from.length; at++) known.add(from.slice(at, at + RUN).join(' '));
  const shared = to.map(() => false);
  for (let at = 0; at + RUN <= to.length; at++) {
    if (known.has(to.slice(at, at + RUN).join(' '))) shared.fill(true, at, at + RUN);
  }
  return shared;
}
