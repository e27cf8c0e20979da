import type { GlossaryPair, GlossarySpan } from './glossary.js';

export interface GlossaryCheck {
  /** Terms of the sentence that the translation says as the glossary has it, each once. */
  readonly honoured: readonly GlossarySpan[];
  /** The others, each once. */
  readonly missing: readonly GlossarySpan[];
}

/**
 * Which terms of a sentence its translation honours, for translations that were made without marks. A term counts as honoured when its
 * text stands somewhere in the translation, in any form that its language has; that it stands there often enough is not asked, since a
 * translation may well say `it` the second time.
 */
export function checkGlossary(pair: GlossaryPair, sentence: string, translation: string): GlossaryCheck {
  const spans = pair.find(sentence);
  const distinct = spans.filter((span, place) => spans.findIndex(({ term }) => term === span.term) === place);
  const said = pair.said(translation);
  return {
    honoured: distinct.filter(({ term }) => said.has(term)),
    missing: distinct.filter(({ term }) => !said.has(term)),
  };
}
