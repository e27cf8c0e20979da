import { CORE_LANGUAGES } from './language.js';
import { guessTextLanguage } from './script.js';

/** What was detected where it is not sure; kept with the task, so that its result can say so. */
export interface LanguageGuess {
  /** Null where nothing in the text told it. */
  readonly language: string | null;
  /** 0..1 */
  readonly probability: number;
}

/** The language that a text is taken for. */
export interface TextLanguage {
  readonly language: string;
  /** Null where the language was given, is sure, or does not matter since there are no words. */
  readonly guess: LanguageGuess | null;
}

/** Below it what was detected is right as seldom as what the script alone tells (docs/measurements.md). */
const LEAST = 0.35;
/** Below it about every third text is of another language than was detected; above it about one of ten. */
const SURE = 0.65;
/** The same for a word alone, which languages share (`Delete`, `Merci`). */
const SURE_OF_WORD = 0.9;
/** Languages in Chinese characters, which the detector tells apart and the script alone does not. */
const HAN = new Set(['zh', 'zh-tw', 'ja']);
const EXPECTED = new Set<string>(CORE_LANGUAGES);
/** Code units; with the space around it. */
const LONGEST_WORD = 100;
const LETTER = /\p{L}/u;

/**
 * What a text is taken for by what was detected. Where that is not likely enough it is what the script tells, English for Latin
 * letters; a language that the project does not expect has to be sure.
 */
export function takenLanguage(text: string, detected: LanguageGuess | null): TextLanguage {
  const byScript = guessTextLanguage(text);
  if (detected === null || detected.language === null) {
    return { language: byScript, guess: LETTER.test(text) ? { language: null, probability: 0 } : null };
  }
  const { language, probability } = detected;
  if (probability >= (isWord(text) ? SURE_OF_WORD : SURE)) return { language, guess: null };
  const told = byScript === 'en' ? /\p{Script=Latin}/u.test(text) : !(byScript === 'zh' && HAN.has(language));
  const keeps = !told || (probability >= LEAST && EXPECTED.has(language));
  return { language: keeps ? language : byScript, guess: { language, probability } };
}

/** One word in letters; Chinese and Japanese have no spaces to tell it by. */
function isWord(text: string): boolean {
  if (text.length > LONGEST_WORD) return false;
  const words = text.split(/\s+/).filter((word) => LETTER.test(word));
  return words.length === 1 && !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
}

/** What the result of a task says of the language that its text was taken for; null where nothing is to be said. */
export function languageWarning(taken: string, guess: LanguageGuess | undefined): string | null {
  if (guess === undefined) return null;
  const { language, probability } = guess;
  const detected = language === null ? '' : ` (perhaps "${language}", probability ${probability.toFixed(2)})`;
  const facts =
    language === taken
      ? `The text was taken for "${taken}" (probability ${probability.toFixed(2)}).`
      : `The language of the text could not be told${detected}; it was taken for "${taken}".`;
  return `${facts} Name its language if that is wrong: --language, the option "from" of translate, or "language" of submit.`;
}
