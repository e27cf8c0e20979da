import { cjkNumberWords, cjkNumerals, countedNumerals } from './cjk-numerals.js';
import { isLong, plainDigits, type WrittenNumber, writtenNumbers } from './digit-numbers.js';
import { type Check, type Finding, quoted } from './finding.js';
import { withoutItems } from './kept-items.js';
import { numbersInWords, sureNumberWords } from './number-words.js';

const CJK = new Set(['zh', 'zh-tw', 'yue', 'ja', 'ko']);

/**
 * Every number in digits stands in the other text too, in digits or words; also numbers that are certain in Chinese
 * characters. A number in words alone is not asked for, unless the target has another in its place, since articles, pronouns and idioms say numbers as well; nor a single 1, which is often an article elsewhere. How often
 * a number comes is no matter.
 */
export const numbers: Check = ({ source, target, sourceLanguage, targetLanguage, kept }) => {
  const from = numbersOf(withoutItems(source, kept), sourceLanguage);
  const to = numbersOf(withoutItems(target, kept), targetLanguage);
  const missing = from.written.filter((number) => !isSaid(number, to));
  const added = to.written.filter((number) => !isSaid(number, from));
  if (missing.length === 0 && added.length === 0) return changedWords(from, to);
  const findings: Finding[] = [];
  const texts = (list: readonly WrittenNumber[]): string => quoted([...new Set(list.map(({ text }) => text))]);
  // One changed number is missing and added: a replaced number says more than a dropped one.
  const weight = missing.length > 0 && added.length > 0 ? 0.7 : 0.5;
  if (missing.length > 0) findings.push({ check: 'numbers', detail: `missing: ${texts(missing)}`, weight });
  if (added.length > 0) findings.push({ check: 'numbers', detail: `not in the source: ${texts(added)}`, weight });
  return findings;
};

/** A number in words that the target does not say, where the target has one in words that the source does not say. */
function changedWords(from: TextNumbers, to: TextNumbers): Finding[] {
  const missing = from.words.filter(([, value]) => !to.possible.has(value)).map(([word]) => word);
  const added = to.words.filter(([, value]) => !from.possible.has(value)).map(([word]) => word);
  if (missing.length === 0 || added.length === 0) return [];
  return [{ check: 'numbers', detail: `${quoted(missing)} became ${quoted(added)}`, weight: 0.6 }];
}

interface TextNumbers {
  /** Numbers that the other text must say. */
  readonly written: readonly WrittenNumber[];
  /** Words that surely say a number. */
  readonly words: ReadonlyArray<readonly [word: string, value: number]>;
  /** Everything the text may say. */
  readonly possible: ReadonlySet<number>;
  /** Numbers of many digits. */
  readonly long: ReadonlySet<string>;
}

function numbersOf(text: string, language: string): TextNumbers {
  const plain = plainDigits(text);
  const written = writtenNumbers(plain, language);
  const possible = numbersInWords(plain, language);
  const long = new Set<string>();
  const required = [...written];
  if (CJK.has(language)) {
    for (const { text: numeral, value, certain } of cjkNumerals(plain)) {
      possible.add(value);
      // 四十五, of which another language may say forty and five apart.
      if (value < 100) possible.add(value - (value % 10)).add(value % 10);
      if (certain && !/^\d/.test(numeral) && !/\p{Script=Hangul}/u.test(numeral))
        required.push({ text: numeral, readings: [[value]] });
    }
    for (const value of cjkNumberWords(plain)) possible.add(value);
  }
  for (const { text: number, readings } of written) {
    if (isLong(number)) long.add(number.replace(/\D/g, ''));
    for (const value of readings.flat()) possible.add(value);
  }
  for (const value of [...possible]) {
    // Twelve and twenty-four hours; the decade, the short form and the century of a year.
    if (value <= 12) possible.add(value + 12);
    else if (value <= 24) possible.add(value - 12);
    else if (value >= 1000 && value < 2100) possible.add(value % 100).add(Math.floor(value / 100) + 1);
  }
  const words = CJK.has(language) ? countedNumerals(plain) : sureNumberWords(plain, language);
  return { written: required, words, possible: rounded(possible), long };
}

function isSaid({ text, readings }: WrittenNumber, { possible, long }: TextNumbers): boolean {
  if (isLong(text)) return long.has(text.replace(/\D/g, ''));
  return readings.some((reading) =>
    reading.every(
      (value) =>
        value === 1 || possible.has(exact(value)) || (value >= 1900 && value < 2100 && possible.has(value % 100)),
    ),
  );
}

function rounded(values: ReadonlySet<number>): Set<number> {
  return new Set(Array.from(values, exact));
}

/** Products such as 1.1 × 1,000,000 without their last binary digits. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
