import { CORE_LANGUAGES } from '../../domain/language.js';
import { findProtected } from '../../domain/protected-items.js';
import { hanLanguage } from './han-language.js';

export interface DetectedLanguage {
  /** Code as the library's own: `zh` and `zh-tw` apart, else ISO 639-1. */
  readonly language: string;
  /** How sure it is, 0..1; of what is given with 0.9, about nine of ten are right, for two words as for a page. */
  readonly probability: number;
}

/** Code units that are looked at: a page and more. */
const SAMPLE = 10_000;
/** A Chinese character says as much as some letters. */
const WEIGHTS = { kana: 3, han: 3, hangul: 2, latin: 1, cyrillic: 1, other: 1 } as const;
type Script = keyof typeof WEIGHTS;

const SCRIPTS: ReadonlyArray<readonly [Script, RegExp]> = [
  ['latin', /\p{Script=Latin}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['han', /\p{Script=Han}/u],
  ['kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['hangul', /\p{Script=Hangul}/u],
  ['other', /\p{L}/u],
];
/** Chinese quotes a kana now and then; Japanese without any longer stretch of them is titles and names. */
const LEAST_KANA = 0.05;
const BY_SCRIPT = 0.99;

/** Fitted over two words, five words, interface strings and sentences in six languages (docs/measurements.md). */
const SHARPNESS = 6;
const EXPECTED = 1.35;
/** Letters up to which the expectation of one of the project's languages counts in full. */
const FEW_LETTERS = { latin: 30, cyrillic: 10 };
/** Letters of Cyrillic alphabets that Russian has not. */
const NOT_RUSSIAN = /[іїєґўђјљњћџѓќѕ]/i;

/**
 * The language of a text: by its script where that tells (Japanese, Korean, Chinese, Simplified or Traditional), else by
 * the frequency of its letters' groups. Addresses, tags and placeholders do not count, and of mixed scripts the one with the
 * most text does. Null when there is nothing to tell it from.
 */
export async function detectTextLanguage(text: string): Promise<DetectedLanguage | null> {
  const sample = withoutKept(text.slice(0, SAMPLE));
  const letters = lettersByScript(sample);
  const weights = {
    cjk: WEIGHTS.kana * letters.kana.length + WEIGHTS.han * letters.han.length,
    hangul: WEIGHTS.hangul * letters.hangul.length,
    latin: WEIGHTS.latin * letters.latin.length,
    cyrillic: WEIGHTS.cyrillic * letters.cyrillic.length,
    other: WEIGHTS.other * letters.other.length,
  };
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return null;
  const [script, weight] = Object.entries(weights).reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  const found = await byScript(script as keyof typeof weights, letters, sample);
  return found === null ? null : { ...found, probability: (found.probability * weight) / total };
}

async function byScript(
  script: 'cjk' | 'hangul' | 'latin' | 'cyrillic' | 'other',
  letters: Readonly<Record<Script, readonly string[]>>,
  sample: string,
): Promise<DetectedLanguage | null> {
  switch (script) {
    case 'hangul':
      return { language: 'ko', probability: BY_SCRIPT };
    case 'cjk': {
      const { kana, han } = letters;
      if (kana.length >= LEAST_KANA * (kana.length + han.length)) return { language: 'ja', probability: BY_SCRIPT };
      return hanLanguage(han);
    }
    default: {
      const own = only(sample, SCRIPTS.find(([name]) => name === script)?.[1] as RegExp);
      const few = script === 'other' || NOT_RUSSIAN.test(own) ? 0 : FEW_LETTERS[script];
      const fewness = Math.min(1, few / letters[script].length);
      return byLetterGroups(own, 1 + (EXPECTED - 1) * fewness);
    }
  }
}

async function byLetterGroups(text: string, expectation: number): Promise<DetectedLanguage | null> {
  const { eld } = await import('eld/extrasmall');
  const expected = new Set<string>(CORE_LANGUAGES);
  const scores = Object.entries(eld.detect(text).getScores()).map(([language, scaled]) => ({
    language,
    // The library gives s ÷ (s + 25); the ratio of two s says more than their difference.
    score: ((scaled / (1 - scaled)) * (expected.has(language) ? expectation : 1)) ** SHARPNESS,
  }));
  const total = scores.reduce((sum, { score }) => sum + score, 0);
  if (!(total > 0)) return null;
  const best = scores.reduce((first, second) => (second.score > first.score ? second : first));
  return { language: best.language, probability: best.score / total };
}

function lettersByScript(text: string): Record<Script, string[]> {
  const letters: Record<Script, string[]> = { kana: [], han: [], hangul: [], latin: [], cyrillic: [], other: [] };
  for (const character of text) {
    const script = SCRIPTS.find(([, pattern]) => pattern.test(character))?.[0];
    if (script !== undefined) letters[script].push(character);
  }
  return letters;
}

/** The text with a space for every letter of another script. */
function only(text: string, script: RegExp): string {
  return text.replace(/\p{L}/gu, (letter) => (script.test(letter) ? letter : ' '));
}

function withoutKept(text: string): string {
  let rest = '';
  let at = 0;
  for (const item of findProtected(text)) {
    if (item.class !== 'kept') continue;
    rest += `${text.slice(at, item.start)} `;
    at = item.start + item.text.length;
  }
  return rest + text.slice(at);
}
