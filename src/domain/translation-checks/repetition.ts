import { loopsByCharacter, loopTokens, repetition as repetitionOf } from '../loops.js';
import { type Check, type Finding, quoted } from './finding.js';

/** Tokens looked at; translators give at most a few hundred, and finding loops takes time with their number squared. */
const MOST_TOKENS = 4_000;
/** Characters that surely hold so many tokens. */
const MOST_CHARACTERS = 16 * MOST_TOKENS;
/** Size of the n-grams that should not come again, words and characters; pieces of this size are seldom said twice in a sentence. */
const WORDS = 4;
const CHARACTERS = 8;
const SMALL_WORDS = 2;
const SMALL_CHARACTERS = 3;
/** Share of a target that only repeats beyond the source, from which it is a loop. */
const LOOP_SHARE = 0.1;
/** Tokens in repeated n-grams of the target beyond those of the source, as a share, from which it repeats itself. */
const REPEATED_SHARE = 0.25;
/** One word or character so many times in a row, and more often than in the source by this, unless that has a row as well. */
const ROW_OF_WORDS = 3;
const ROW_OF_CHARACTERS = 5;
const IN_A_ROW = 2;

/**
 * The target does not repeat pieces more than the source does: loops as of a recogniser, one word again and again, and n-grams (4
 * words, 8 characters of Chinese, Japanese, Korean and Thai) that come twice or more and make up a quarter of it.
 */
export const repetition: Check = ({ source, target, sourceLanguage, targetLanguage }) => {
  const from = source.slice(0, MOST_CHARACTERS);
  const to = target.slice(0, MOST_CHARACTERS);
  const tokens = loopTokens(to, targetLanguage).slice(0, MOST_TOKENS);
  const before = loopTokens(from, sourceLanguage).slice(0, MOST_TOKENS);
  const bySourceCharacter = loopsByCharacter(sourceLanguage);
  const byCharacter = loopsByCharacter(targetLanguage);
  // What the source says twice is looked for in smaller pieces: laughter and refrains have other lengths in other languages.
  const allowed = repeated(before, bySourceCharacter ? SMALL_CHARACTERS : SMALL_WORDS).share;
  const loops = repetitionOf([tokens.join(' ')], targetLanguage).share - allowed;
  const findings: Finding[] = [];
  const add = (detail: string, share: number): void => {
    findings.push({ check: 'repetition', detail, weight: Math.min(1, 0.5 + share) });
  };
  const { share, sample } = repeated(tokens, byCharacter ? CHARACTERS : WORDS);
  const grams = share - allowed;
  const row = longestRow(tokens);
  const sourceRow = longestRow(before).times;
  if (loops >= LOOP_SHARE) add(`${Math.round(100 * loops)} % is a loop`, loops);
  else if (grams >= REPEATED_SHARE) add(`comes again: ${quoted([sample])}`, grams);
  else if (
    row.times >= (byCharacter ? ROW_OF_CHARACTERS : ROW_OF_WORDS) &&
    row.times >= sourceRow + IN_A_ROW &&
    sourceRow < ROW_OF_WORDS
  ) {
    add(`${row.times} times in a row: ${quoted([row.token])}`, row.times / tokens.length);
  }
  return findings;
};

/** Share of the tokens that stand in an n-gram which came before, and one such n-gram. */
function repeated(tokens: readonly string[], size: number): { readonly share: number; readonly sample: string } {
  const seen = new Set<string>();
  let sample = '';
  let covered = 0;
  let end = 0;
  for (let at = 0; at + size <= tokens.length; at++) {
    const gram = tokens.slice(at, at + size).join(' ');
    if (seen.has(gram)) {
      sample ||= gram;
      covered += at + size - Math.max(end, at);
      end = at + size;
    } else seen.add(gram);
  }
  return { share: tokens.length === 0 ? 0 : covered / tokens.length, sample };
}

function longestRow(tokens: readonly string[]): { readonly times: number; readonly token: string } {
  let best = { times: 0, token: '' };
  let times = 0;
  for (const [index, token] of tokens.entries()) {
    times = token === tokens[index - 1] ? times + 1 : 1;
    if (times > best.times) best = { times, token };
  }
  return best;
}
