import type { Glossary } from '../../domain/glossary/glossary.js';
import type { TermTranslation } from '../ports.js';

/** Terms of one request at most; longer terms come first. */
const MOST_TERMS = 60;

/** What may be known of terms: a glossary, and what the caller names for these texts. */
export interface KnownTerms {
  readonly glossary: Glossary | null;
  readonly terms: readonly TermTranslation[];
}

/** Terms that occur in one of the texts, as they stand there, longest first, each once; a named term counts in any case. */
export function termsIn(
  texts: readonly string[],
  source: string,
  target: string,
  { glossary, terms }: KnownTerms,
): readonly TermTranslation[] {
  const lower = texts.map((text) => text.toLowerCase());
  const found = new Map<string, TermTranslation>();
  const add = (term: TermTranslation): void => {
    const key = term.source.toLowerCase();
    if (key !== '' && !found.has(key)) found.set(key, { source: term.source, target: term.target });
  };
  for (const term of terms) {
    const key = term.source.toLowerCase();
    if (lower.some((text) => text.includes(key))) add(term);
  }
  const pair = glossary?.between(source, target);
  for (const text of pair === undefined ? [] : texts) {
    for (const span of pair?.find(text) ?? []) add({ source: span.text, target: span.target });
  }
  return [...found.values()].sort((one, other) => other.source.length - one.source.length).slice(0, MOST_TERMS);
}
