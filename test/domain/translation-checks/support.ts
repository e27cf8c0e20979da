import type { TranslationPair } from '../../../src/domain/translation-checks/index.js';

/** A pair in the short form that tables of cases are written in. */
export function pairOf(
  sourceLanguage: string,
  source: string,
  targetLanguage: string,
  target: string,
  kept?: readonly string[],
): TranslationPair {
  return { source, target, sourceLanguage, targetLanguage, ...(kept === undefined ? {} : { kept }) };
}
