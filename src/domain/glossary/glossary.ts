import { inTurns } from '../turns.js';
import { GlossaryHash } from './fingerprint.js';
import { type Match, Matcher, type Pattern } from './matcher.js';

/** Stands for every language: a name that is never translated. */
export const EVERY_LANGUAGE = '*';

export interface GlossaryTerm {
  /** The term by language, in its dictionary form; under {@link EVERY_LANGUAGE} what is the same in all. */
  readonly texts: Readonly<Record<string, string>>;
  /** It stays as it is, whatever translations it has. Defaults to false. */
  readonly doNotTranslate?: boolean;
  /** `SAP` is not `sap`. Defaults to false. */
  readonly caseSensitive?: boolean;
  /** For people. */
  readonly note?: string;
}

/** A term in a sentence. */
export interface GlossarySpan {
  /** Where, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** As it stands there. */
  readonly text: string;
  readonly term: GlossaryTerm;
  /** What stands for it in the translation. */
  readonly target: string;
}

interface TermPattern extends Pattern {
  readonly term: GlossaryTerm;
  readonly target: string;
}

/** How terms of one language are said in another. */
export class GlossaryPair {
  readonly #patterns: TermPattern[] = [];
  readonly #source: Matcher<TermPattern>;
  /** Made when a translation is first looked at, unless the pair was prepared. */
  #target: Matcher<TermPattern> | null = null;

  constructor(
    terms: readonly GlossaryTerm[],
    readonly source: string,
    readonly target: string,
  ) {
    this.#source = new Matcher<TermPattern>([], source);
    for (const term of terms) this.#add(term);
  }

  /** All that is needed for looking at sentences and translations, made without keeping the event loop from going on. */
  static async prepare(terms: readonly GlossaryTerm[], source: string, target: string): Promise<GlossaryPair> {
    const pair = new GlossaryPair([], source, target);
    await inTurns(terms, (term) => pair.#add(term));
    const matcher = new Matcher<TermPattern>([], target);
    await inTurns(pair.#patterns, (pattern) => matcher.add(inTarget(pattern)));
    pair.#target = matcher;
    return pair;
  }

  /** Terms in a sentence, from left to right: the longest ones, none overlapping another. */
  find(sentence: string): GlossarySpan[] {
    return this.#source.longest(sentence).map((match) => spanOf(sentence, match));
  }

  /** Terms whose translation stands in a text, in whatever form. */
  said(translation: string): ReadonlySet<GlossaryTerm> {
    this.#target ??= new Matcher(this.#patterns.map(inTarget), this.target);
    return new Set(this.#target.all(translation).map(({ pattern }) => pattern.term));
  }

  #add(term: GlossaryTerm): void {
    const pattern = patternOf(term, this.source, this.target);
    if (pattern === null) return;
    this.#patterns.push(pattern);
    this.#source.add(pattern);
  }
}

/**
 * Terms and how they are said in each language, and names that stay as they are. Any language may be the source: a term counts for two
 * languages when it has a text in both. A code is looked up as it is; `zh-tw` does not borrow from `zh`.
 */
export class Glossary {
  readonly #pairs = new Map<string, GlossaryPair>();
  readonly #preparing = new Map<string, Promise<GlossaryPair>>();
  #fingerprint: string | null;

  /**
   * @param terms of two with the same text in a language the first counts there
   * @param fingerprint of these terms, where it is known; it takes a while for many
   */
  constructor(
    readonly terms: readonly GlossaryTerm[],
    fingerprint: string | null = null,
  ) {
    this.#fingerprint = fingerprint;
  }

  /** {@link between} for glossaries of any size: a pair of 100,000 terms takes seconds, in which the event loop goes on. */
  prepared(source: string, target: string): Promise<GlossaryPair> {
    const key = `${source} ${target}`;
    const begun = this.#preparing.get(key);
    if (begun !== undefined) return begun;
    const preparing = GlossaryPair.prepare(this.terms, source, target);
    this.#preparing.set(key, preparing);
    return preparing;
  }

  /** How terms are said; made at once, which for many terms takes a while. */
  between(source: string, target: string): GlossaryPair {
    const key = `${source} ${target}`;
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const pair = new GlossaryPair(this.terms, source, target);
    this.#pairs.set(key, pair);
    return pair;
  }

  /** Equal for glossaries that translate alike: part of what a translation was made from. */
  get fingerprint(): string {
    if (this.#fingerprint === null) {
      const hash = new GlossaryHash();
      for (const term of this.terms) hash.add(term);
      this.#fingerprint = hash.digest();
    }
    return this.#fingerprint;
  }
}

/** What is looked for in translations. */
function inTarget(pattern: TermPattern): TermPattern {
  return { ...pattern, text: pattern.target };
}

/** Null for a term that says nothing about these languages. */
function patternOf(term: GlossaryTerm, source: string, target: string): TermPattern | null {
  const { texts, doNotTranslate = false, caseSensitive = false } = term;
  const text = texts[source] ?? texts[EVERY_LANGUAGE];
  const translation = doNotTranslate ? text : (texts[target] ?? texts[EVERY_LANGUAGE]);
  if (text === undefined || translation === undefined) return null;
  return { text, term, target: translation, caseSensitive };
}

function spanOf(sentence: string, { pattern, start, end, inflected }: Match<TermPattern>): GlossarySpan {
  const { term, target } = pattern;
  const text = sentence.slice(start, end);
  // A name stays as the sentence writes it, but for endings of its language: `Voicelinguas` is `Voicelingua` elsewhere.
  return { start, end, text, term, target: term.doNotTranslate === true && !inflected ? text : target };
}
