/** How one term is to be translated. */
export interface GlossaryTerm {
  readonly source: string;
  readonly target: string;
  /** Language of `target`, code of the project. */
  readonly language: string;
}

/** Terms of one request at most; longer terms come first. */
const MOST_TERMS = 60;

/** Terms for a language that occur in one of the texts, whatever their case; longest first, each source once. */
export function termsIn(
  texts: readonly string[],
  language: string,
  glossary: readonly GlossaryTerm[],
): readonly GlossaryTerm[] {
  const lower = texts.map((text) => text.toLowerCase());
  const found = new Map<string, GlossaryTerm>();
  for (const term of glossary) {
    if (term.language !== language) continue;
    const source = term.source.toLowerCase();
    if (source === '' || found.has(source)) continue;
    if (lower.some((text) => text.includes(source))) found.set(source, term);
  }
  return [...found.values()].sort((one, other) => other.source.length - one.source.length).slice(0, MOST_TERMS);
}
