import {
  CHECKS,
  type CheckName,
  checkTranslation,
  type TranslationPair,
} from '../../../src/domain/translation-checks/index.js';
import { LANGUAGES, languagePairs, type ParallelLine, PLACEHOLDER } from './parallel-text.js';

/** How many pairs of the lines there are, and for how many each check and all together (`any`) have something to say. */
export function falseAlarms(lines: readonly ParallelLine[]): {
  readonly pairs: number;
  readonly byCheck: Readonly<Record<CheckName | 'any', number>>;
} {
  const byCheck = Object.fromEntries([...Object.keys(CHECKS), 'any'].map((name) => [name, 0])) as Record<
    CheckName | 'any',
    number
  >;
  let pairs = 0;
  for (const line of lines) {
    for (const [source, target] of languagePairs()) {
      const found = new Set(checkTranslation(pairOf(line, source, target)).map(({ check }) => check));
      for (const check of found) byCheck[check]++;
      if (found.size > 0) byCheck.any++;
      pairs++;
    }
  }
  return { pairs, byCheck };
}

/** Each run of `size` lines as one text, without each of its sentences in turn in the translation. */
export function lengthCatches(lines: readonly ParallelLine[], size: number): { all: number; caught: number } {
  let all = 0;
  let caught = 0;
  for (let start = 0; start + size <= lines.length; start++) {
    const part = lines.slice(start, start + size);
    for (const [source, target] of languagePairs()) {
      for (let dropped = 0; dropped < size; dropped++) {
        const pair = pairOf(joined(part), source, target);
        const rest = joined(part.filter((_, index) => index !== dropped));
        all++;
        if (CHECKS.length({ ...pair, target: rest[target] as string }).length > 0) caught++;
      }
    }
  }
  return { all, caught };
}

interface Mutation {
  readonly name: string;
  readonly check: CheckName;
  /** Null where the pair has nothing to be spoilt. */
  readonly spoil: (pair: TranslationPair) => TranslationPair | null;
}

/** What a translator does wrong at times. */
const MUTATIONS: readonly Mutation[] = [
  {
    name: 'source copied',
    check: 'copied',
    spoil: (pair) => (related(pair) ? null : { ...pair, target: pair.source }),
  },
  {
    name: 'last fifth comes five times',
    check: 'repetition',
    spoil: (pair) => ({ ...pair, target: lastAgain(pair.target, 5) }),
  },
  {
    name: 'whole translation comes twice',
    check: 'repetition',
    spoil: (pair) => ({ ...pair, target: `${pair.target} ${pair.target}` }),
  },
  {
    name: 'first number of digits changed',
    check: 'numbers',
    spoil: (pair) => changed(pair, (digits) => String(Number(digits) + 13)),
  },
  { name: 'first number of digits dropped', check: 'numbers', spoil: (pair) => changed(pair, () => '') },
  { name: 'full name dropped', check: 'names', spoil: withoutName },
  { name: 'Japanese or Korean left in Chinese', check: 'script', spoil: inAnotherScript },
];

/** How often the check that is made for it finds what is done to the translations, out of those where it can be done. */
export function mutationCatches(lines: readonly ParallelLine[]): Array<{ name: string; all: number; caught: number }> {
  return MUTATIONS.map(({ name, check, spoil }) => {
    let all = 0;
    let caught = 0;
    for (const line of lines) {
      for (const [source, target] of languagePairs()) {
        const spoilt = spoil(pairOf(line, source, target));
        if (spoilt === null) continue;
        all++;
        if (CHECKS[check](spoilt).length > 0) caught++;
      }
    }
    return { name, all, caught };
  });
}

function pairOf(line: ParallelLine, sourceLanguage: string, targetLanguage: string): TranslationPair {
  const source = line[sourceLanguage] as string;
  const target = line[targetLanguage] as string;
  const kept = [...new Set(source.match(PLACEHOLDER))];
  return { source, target, sourceLanguage, targetLanguage, kept };
}

function joined(lines: readonly ParallelLine[]): ParallelLine {
  return Object.fromEntries(
    LANGUAGES.map((language) => [
      language,
      lines.map((line) => line[language]).join(/^(zh|ja)/.test(language) ? '' : ' '),
    ]),
  );
}

/** Both Chinese: only the script differs. */
function related({ sourceLanguage, targetLanguage }: TranslationPair): boolean {
  return sourceLanguage.startsWith('zh') && targetLanguage.startsWith('zh');
}

function lastAgain(text: string, times: number): string {
  const last = text.slice(-Math.ceil(text.length / 5));
  return text + ` ${last}`.repeat(times - 1);
}

function changed(pair: TranslationPair, change: (digits: string) => string): TranslationPair | null {
  const found = /(?<![\d.,])\d{2,4}(?![\d.,])/.exec(pair.target);
  if (found === null) return null;
  return { ...pair, target: pair.target.replace(found[0], change(found[0])) };
}

/** Kana and Hangul left as they are in Chinese. */
function inAnotherScript(pair: TranslationPair): TranslationPair | null {
  if (pair.targetLanguage !== 'zh' && pair.targetLanguage !== 'zh-tw') return null;
  return pair.sourceLanguage === 'ja' || pair.sourceLanguage === 'ko' ? { ...pair, target: pair.source } : null;
}

/** Without the first full name that both texts spell alike. */
function withoutName(pair: TranslationPair): TranslationPair | null {
  const name = pair.source
    .match(/(?<=\p{Ll} )\p{Lu}\p{Ll}{2,} \p{Lu}\p{Ll}{2,}(?![\p{L}-])/gu)
    ?.find((one) => pair.target.includes(one));
  return name === undefined || pair.sourceLanguage === 'de'
    ? null
    : { ...pair, target: pair.target.replaceAll(name, '') };
}
