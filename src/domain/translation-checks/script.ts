import { columnsOf } from './columns.js';
import { type Check, type Finding, quoted } from './finding.js';
import { withoutItems } from './kept-items.js';
import { countOf, lettersOf, scriptsOf } from './scripts.js';

/** A run of letters, for names that stand in the source too. */
const WORD = /[\p{L}\p{M}]+/gu;
const LETTERS = /\p{L}/gu;
const LATIN = /\p{Script=Latin}/u;
const KANA = /[ぁ-ゖァ-ヺ]/u;
/** A text of more Chinese characters than this without a Kana is no Japanese sentence; headings and names are shorter. */
const MOST_HAN_ALONE = 20;
/** Share that Latin words may have of what the target says beyond the source's own words; headlines are full of names. */
const MOST_LATIN = 0.6;
/** Fewer Latin letters than this are a unit, an acronym or a short name. */
const FEWEST_LATIN = 12;

/**
 * Letters of the target are of its language's scripts. Words of the source in Latin letters, or in letters that are not its own
 * language's, may stand in the target as they are: names, code, quotations. Other Latin words may stand anywhere too, as long
 * as they say no more than 60 % of it. Chinese has no Kana and no Hangul, a longer Japanese text has Kana. Silent for
 * languages that CLDR does not know.
 */
export const script: Check = ({ source, target, sourceLanguage, targetLanguage, kept }) => {
  const scripts = scriptsOf(targetLanguage);
  if (scripts === null) return [];
  const ofSource = lettersOf(scriptsOf(sourceLanguage) ?? ['Latn']);
  const quotations = (source.match(WORD) ?? []).filter((word) => LATIN.test(word) || countOf(word, ofSource) === 0);
  const known = new Set(quotations);
  const own = lettersOf(scripts);
  const text = withoutItems(target, kept);
  const words = (text.match(WORD) ?? []).filter((word) => !known.has(word));
  const rest = words.join(' ');
  const all = countOf(rest, LETTERS);
  const foreign = all - countOf(rest, own);
  const latin = scripts.includes('Latn') ? 0 : countOf(rest, lettersOf(['Latn']));
  const wrong = foreign - latin;
  const findings: Finding[] = [];
  if (wrong > 0) {
    const samples = words.filter((word) => countOf(word, own) < countOf(word, LETTERS) && !LATIN.test(word));
    const weight = Math.min(1, 0.4 + wrong / all);
    findings.push({
      check: 'script',
      detail: `not of the language's script: ${quoted(samples.length > 0 ? samples : words)}`,
      weight,
    });
  } else if (latin >= FEWEST_LATIN && latin > MOST_LATIN * columnsOf(rest)) {
    findings.push({ check: 'script', detail: `${latin} of ${all} letters are Latin`, weight: 0.8 });
  } else if (scripts.includes('Hira') && !KANA.test(target) && countOf(text, lettersOf(['Han'])) > MOST_HAN_ALONE) {
    findings.push({ check: 'script', detail: 'a Japanese text without Kana', weight: 0.8 });
  }
  return findings;
};
