import type { GlossaryPair, GlossarySpan } from './glossary/glossary.js';
import { findProtected } from './protected-items.js';
import { protectText } from './protected-text.js';
import { splitAround } from './split-around.js';

/**
 * How what must not change gets through a model: as `marks`, which it copies (the default); `cut`, the sentence is taken apart there,
 * for a model that copies nothing; `told`, it stays in the text, for a model that understands what it is.
 */
export type KeptItems = 'marks' | 'cut' | 'told';

/** A translation with everything back in its place. */
export interface RestoredSentence {
  readonly text: string;
  /** What the model lost of what must not change, which was put back where it about belongs. */
  readonly putBack: readonly string[];
  /** Terms that are not said as the glossary has them, as it has them. */
  readonly unsaid: readonly string[];
}

/** A sentence as a model gets it, and the way back. */
export interface PreparedSentence {
  /** What is to be translated, in order; empty for a sentence that is all kept. */
  readonly texts: readonly string[];
  /** What stands in the sentence and must stand in its translation, to the character. */
  readonly kept: readonly string[];
  readonly terms: readonly GlossarySpan[];
  /** @param translated one for each of `texts`, in order */
  restore(translated: readonly string[]): RestoredSentence;
}

/**
 * Takes what must not change out of a sentence, and puts the glossary's words in the place of its terms, as the model needs it.
 * @param pair the glossary between the languages of the sentence and its translation; null without
 * @param target code of the language of the translation
 * @param terms of the sentence, where they were looked up before
 */
export function prepareSentence(
  sentence: string,
  target: string,
  how: KeptItems,
  pair: GlossaryPair | null,
  terms: readonly GlossarySpan[] = pair?.find(sentence) ?? [],
): PreparedSentence {
  const kept = findProtected(sentence).flatMap((item) => (item.class === 'kept' ? item.text : []));
  switch (how) {
    case 'told':
      return {
        texts: [sentence],
        kept,
        terms,
        restore: ([text = '']) => ({ text, putBack: [], unsaid: unsaid(pair, terms, text) }),
      };
    case 'cut': {
      const { texts, join } = splitAround(sentence, 'everywhere', terms);
      return { texts, kept, terms, restore: (translated) => ({ text: join(translated), putBack: [], unsaid: [] }) };
    }
    case 'marks': {
      const { texts, join } = splitAround(sentence);
      const parts = texts.map((text) => protectText(text, { target, terms: pair?.find(text) ?? [] }));
      return {
        texts: parts.map(({ text }) => text),
        kept,
        terms,
        restore: (translated) => {
          const restored = parts.map(({ restore }, index) => restore(translated[index] ?? ''));
          return {
            text: join(restored.map(({ text }) => text)),
            putBack: restored.flatMap(({ missing }) =>
              missing.flatMap((item) => (item.class === 'kept' ? item.text : [])),
            ),
            unsaid: restored.flatMap(({ missingTerms }) => missingTerms.map((term) => term.target)),
          };
        },
      };
    }
  }
}

/** Targets of terms that a translation says in no form of theirs. */
function unsaid(pair: GlossaryPair | null, terms: readonly GlossarySpan[], translation: string): string[] {
  if (pair === null || terms.length === 0) return [];
  const said = pair.said(translation);
  return [...new Set(terms.filter(({ term }) => !said.has(term)).map(({ target }) => target))];
}
