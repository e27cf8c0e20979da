/** What a check looks at; also the first word of a suspicion's reason. */
export type CheckName =
  | 'length'
  | 'repetition'
  | 'numbers'
  | 'names'
  | 'placeholders'
  | 'terms'
  | 'copied'
  | 'script'
  | 'empty';

/** One thing that speaks against a translation. */
export interface Finding {
  readonly check: CheckName;
  /** For people: what was seen, with the words or figures concerned, at most about 200 characters. */
  readonly detail: string;
  /** How surely the translation is wrong for it, above 0 and up to 1; see `suspicionOf`. */
  readonly weight: number;
}

/** A sentence or short text and what a translator made of it. */
export interface TranslationPair {
  readonly source: string;
  readonly target: string;
  /** Codes of the project; one that a check has no data for makes that check silent or wider, never wrong. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** Items that must stand in the target as they are: placeholders, tags, addresses, glossary words. Defaults to none. */
  readonly kept?: readonly string[];
  /** Those of them that the model lost, so that they were put back where they about belong. Defaults to none. */
  readonly putBack?: readonly string[];
  /** Terms of a glossary that the target does not say, as the glossary has them. Defaults to none. */
  readonly unsaid?: readonly string[];
}

/** Takes time in proportion to both texts and never throws, whatever their characters. */
export type Check = (pair: TranslationPair) => Finding[];

/** A few things in quotes for a detail; long lists and long items are cut. */
export function quoted(items: readonly string[]): string {
  const shown = items.slice(0, 4).map((item) => `"${cut(item, 32)}"`);
  return items.length > shown.length ? `${shown.join(', ')} and ${items.length - shown.length} more` : shown.join(', ');
}

function cut(text: string, limit: number): string {
  const characters = Array.from(text.slice(0, 2 * limit + 2));
  return characters.length > limit ? `${characters.slice(0, limit).join('')}…` : text;
}
