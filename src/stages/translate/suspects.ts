import type { SuspectSentence } from '../../domain/suspect-sentence.js';
import type { StageContext } from '../stage.js';
import type { TranslatedSentence } from './sentence-translator.js';

/** Suspect sentences that a package lists of a text in one language. */
export const MOST_SUSPECTS = 1000;

/** Those of the sentences that may be wrong, in their order. */
export function suspectsOf(
  sentences: readonly string[],
  translations: ReadonlyMap<string, TranslatedSentence>,
): SuspectSentence[] {
  return sentences.flatMap((sentence) => {
    const { text = '', suspect } = translations.get(sentence) ?? {};
    return suspect === undefined ? [] : [{ sentence, translation: text, reason: suspect }];
  });
}

/** One warning for all suspects of a language, with the first of them. */
export function warnOfSuspects(
  context: StageContext,
  language: string,
  suspects: readonly SuspectSentence[],
  sentences: number,
): void {
  const [first] = suspects;
  if (first === undefined) return;
  const many = sentences === 1 ? 'The sentence' : `${suspects.length} of ${sentences} sentences`;
  context.warn(
    `${many} in "${language}" may be wrong: ${JSON.stringify(shortened(first.sentence))} (${first.reason}).`,
  );
}

function shortened(text: string): string {
  const characters = Array.from(text.slice(0, 120));
  return characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : text;
}
