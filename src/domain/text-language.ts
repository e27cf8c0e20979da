import { guessTextLanguage } from './script.js';

/** What was detected where it is not sure; kept with the task, so that its result can say so. */
export interface LanguageGuess {
  /** What was detected. */
  readonly language: string;
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
/** Languages in Chinese characters, which the detector tells apart and the script alone does not. */
const HAN = new Set(['zh', 'zh-tw', 'ja']);

/** What a text is taken for by what was detected; null is a text without words, which counts as English. */
export function takenLanguage(text: string, detected: LanguageGuess | null): TextLanguage {
  if (detected === null) return { language: 'en', guess: null };
  const { language, probability } = detected;
  if (probability >= SURE) return { language, guess: null };
  const byScript = guessTextLanguage(text);
  const keeps = probability >= LEAST || (byScript === 'zh' && HAN.has(language));
  return { language: keeps ? language : byScript, guess: { language, probability } };
}

/** What the result of a task says of the language that its text was taken for; null where nothing is to be said. */
export function languageWarning(taken: string, guess: LanguageGuess | undefined): string | null {
  if (guess === undefined) return null;
  const { language, probability } = guess;
  const facts =
    language === taken
      ? `The text was taken for "${taken}" (probability ${probability.toFixed(2)}).`
      : `The language of the text could not be told (at most "${language}", probability ${probability.toFixed(2)}); it was taken for "${taken}".`;
  return `${facts} Name its language if that is wrong: --language, the option "from" of translate, or "language" of submit.`;
}
