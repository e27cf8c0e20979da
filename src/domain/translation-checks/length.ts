import { columnsOf } from './columns.js';
import type { Check, Finding, TranslationPair } from './finding.js';
import { withoutItems } from './kept-items.js';
import { LENGTHS } from './length-table.js';

/** Variance of the log ratio for a source of one letter; it falls with the length, so that short texts have wide bounds. */
const SHORT_VARIANCE = 1;
/** Letters added to both sides, so that the ratio of very short texts is not wild. */
const FLOOR = 2;
/** For a language that the table does not have: lengths of an unknown alphabet differ by half from English at times. */
const UNKNOWN = { factor: 1.1, spread: 0.35 };

/** Standard deviations below and above the expected length that people's translations stay within, but for one in 200. */
const SHORTEST = -3;
const LONGEST = 3;
/** The same where the target has fewer sentences than the source. */
const SHORTEST_WITH_FEWER_SENTENCES = -1.3;

const SENTENCE_END = /(?<![.!?…。！？؟।])[.!?…。！？؟।]+["'”’»」』)\]）]*(?=\s|$)|[。！？](?=[^。！？])/gu;

/**
 * The target is about as long as translations between its languages are: the logarithm of the ratio of lengths, in letters of
 * English (`columnsOf`, ÷ the language's factor), stands within bounds measured on parallel texts. A target with fewer sentences
 * must be nearer to the expected length, since that is how dropped sentences look.
 */
export const length: Check = (pair) => {
  const deviation = lengthDeviation(pair);
  if (deviation === null) return [];
  const { z, ratio } = deviation;
  const fewer = sentencesOf(pair.target) < sentencesOf(pair.source);
  const limit = fewer ? SHORTEST_WITH_FEWER_SENTENCES : SHORTEST;
  if (z >= limit && z <= LONGEST) return [];
  const over = z < 0 ? limit - z : z - LONGEST;
  const percent = `${Math.round(100 * ratio)} % of the expected length`;
  const detail = fewer && z < 0 ? `${percent}, and fewer sentences` : percent;
  return [{ check: 'length', detail, weight: Math.min(0.9, 0.4 + 0.15 * over) } satisfies Finding];
};

/**
 * How far the target's length is from the expected one: `ratio` to it, and `z` in standard deviations of translations of this
 * length and language pair. Null when the source has no letters outside its kept items.
 */
export function lengthDeviation(pair: TranslationPair): { readonly z: number; readonly ratio: number } | null {
  const from = LENGTHS[pair.sourceLanguage] ?? UNKNOWN;
  const to = LENGTHS[pair.targetLanguage] ?? UNKNOWN;
  const source = columnsOf(withoutItems(pair.source, pair.kept)) / from.factor;
  const target = columnsOf(withoutItems(pair.target, pair.kept)) / to.factor;
  if (source === 0) return null;
  const ratio = (target + FLOOR) / (source + FLOOR);
  const variance = from.spread ** 2 + to.spread ** 2 + SHORT_VARIANCE / (source + FLOOR);
  return { z: Math.log(ratio) / Math.sqrt(variance), ratio };
}

function sentencesOf(text: string): number {
  return text.match(SENTENCE_END)?.length ?? 0;
}
