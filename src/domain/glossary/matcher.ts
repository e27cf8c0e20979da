import { changes, formsOf, isParticles, keepsCapital } from './inflection.js';
import { folded, type Word, wordsOf } from './words.js';

/** What is looked for: a text in one language. */
export interface Pattern {
  readonly text: string;
  readonly caseSensitive: boolean;
}

export interface Match<P> {
  readonly pattern: P;
  /** Where, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Whether it is another form of a word than the pattern has; case alone does not count. */
  readonly inflected: boolean;
}

/** A word of a pattern with its forms, which are kept only once it was looked at: 100,000 German terms have some millions of them. */
class PatternWord {
  #folds: ReadonlySet<string> | null = null;
  #spellings: ReadonlySet<string> | null = null;

  /** @param inflected language whose forms of the word count; null for a word that does not change */
  constructor(
    readonly word: Word,
    private readonly inflected: string | null,
  ) {}

  /** All forms as they are spelt. */
  forms(): readonly string[] {
    const text = this.word.text.normalize('NFC');
    return this.inflected === null ? [text] : formsOf(text, this.inflected);
  }

  hasSpelling(text: string): boolean {
    this.#spellings ??= new Set(this.forms());
    return this.#spellings.has(text);
  }

  hasFold(fold: string): boolean {
    this.#folds ??= new Set(this.forms().map(folded));
    return this.#folds.has(fold);
  }
}

interface Compiled<P> {
  readonly pattern: P;
  readonly words: readonly PatternWord[];
}

/**
 * Finds texts of one language in sentences of it. A match begins and ends where words do: at spaces and signs, where the script changes,
 * anywhere among Han and Hiragana characters, never within a run of Katakana, and before Korean particles, which do not belong to it.
 * Case does not count unless a pattern says so, inflected forms count (inflection.ts).
 */
export class Matcher<P extends Pattern> {
  readonly #byFirstWord = new Map<string, Compiled<P>[]>();

  constructor(
    patterns: Iterable<P>,
    private readonly language: string,
  ) {
    for (const pattern of patterns) this.add(pattern);
  }

  /** All matches, overlapping ones too, from left to right. */
  all(text: string): Match<P>[] {
    const words = wordsOf(text);
    const matches: Match<P>[] = [];
    for (const [place, word] of words.entries()) {
      for (const key of keysOf(word)) {
        for (const compiled of this.#byFirstWord.get(key) ?? []) {
          const match = this.#match(compiled, words, place);
          if (match !== null) matches.push(match);
        }
      }
    }
    return matches;
  }

  /**
   * Matches that do not overlap, from left to right. The longest goes first, of equals the one further left, then the pattern that
   * heeds case, then the earlier one.
   */
  longest(text: string): Match<P>[] {
    const taken: Match<P>[] = [];
    const sorted = this.all(text).sort(
      (a, b) =>
        b.end - b.start - (a.end - a.start) ||
        a.start - b.start ||
        Number(b.pattern.caseSensitive) - Number(a.pattern.caseSensitive),
    );
    for (const match of sorted) {
      if (taken.every((other) => match.end <= other.start || match.start >= other.end)) taken.push(match);
    }
    return taken.sort((a, b) => a.start - b.start);
  }

  /** One more to look for; of patterns that match alike the earlier one goes first. */
  add(pattern: P): void {
    const parts = wordsOf(pattern.text);
    const words = parts.map((word, place) => {
      const changing = word.kind === 'word' && changes(place, parts.length, this.language);
      return new PatternWord(word, changing ? this.language : null);
    });
    const compiled = { pattern, words };
    for (const key of new Set(words[0]?.forms().map(folded))) {
      const there = this.#byFirstWord.get(key);
      if (there === undefined) this.#byFirstWord.set(key, [compiled]);
      else there.push(compiled);
    }
  }

  #match({ pattern, words }: Compiled<P>, text: readonly Word[], place: number): Match<P> | null {
    let inflected = false;
    let end = 0;
    for (const [index, wanted] of words.entries()) {
      const word = text[place + index];
      if (word === undefined || (index > 0 && word.spaced !== wanted.word.spaced)) return null;
      const last = index === words.length - 1;
      const length = fittingLength(wanted, word, last, pattern.caseSensitive);
      if (length === null) return null;
      if (word.fold !== wanted.word.fold && length === word.text.length) {
        inflected = true;
        if (keepsCapital(this.language) && isCapital(wanted.word.text) && !isCapital(word.text)) return null;
      }
      end = word.start + length;
    }
    const first = text[place] as Word;
    const after = text[place + words.length - 1] as Word;
    if (!startsApart(first, text[place - 1]) || !endsApart(after, text[place + words.length])) return null;
    return { pattern, start: first.start, end, inflected };
  }
}

/** What patterns that may begin with a word are filed under: itself, and a Korean word without its particles. */
function keysOf(word: Word): string[] {
  if (word.kind !== 'hangul') return [word.fold];
  const keys = [word.fold];
  for (let length = 1; length < word.text.length; length += 1) {
    if (isParticles(word.text.slice(length))) keys.push(folded(word.text.slice(0, length)));
  }
  return keys;
}

/** How much of a word of the text is the wanted one, in UTF-16 units; null when it is another. */
function fittingLength(wanted: PatternWord, word: Word, last: boolean, caseSensitive: boolean): number | null {
  const fits = caseSensitive ? wanted.hasSpelling(word.text.normalize('NFC')) : wanted.hasFold(word.fold);
  if (fits) return word.text.length;
  if (!last || word.kind !== 'hangul' || wanted.word.kind !== 'hangul') return null;
  for (let length = word.text.length - 1; length > 0; length -= 1) {
    if (folded(word.text.slice(0, length)) !== wanted.word.fold) continue;
    return isParticles(word.text.slice(length)) ? length : null;
  }
  return null;
}

/** `.NET` does not begin within `ASP.NET`. */
function startsApart(first: Word, before: Word | undefined): boolean {
  return first.kind !== 'symbol' || first.spaced || before?.kind !== 'word';
}

/** `C+` does not end within `C+x`. */
function endsApart(last: Word, after: Word | undefined): boolean {
  return last.kind !== 'symbol' || after === undefined || after.spaced || after.kind !== 'word';
}

function isCapital(text: string): boolean {
  return /^\p{Lu}/u.test(text);
}
