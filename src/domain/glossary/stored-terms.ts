import { inTurns } from '../turns.js';
import { GlossaryHash } from './fingerprint.js';
import { Glossary, type GlossaryTerm } from './glossary.js';

/** Terms as a store keeps them, one JSON object a line, under what they are found by. */
export interface StoredTerms {
  readonly fingerprint: string;
  readonly terms: string;
}

/** Puts terms into the form in which they are stored, one after the other. */
export class TermWriter {
  readonly #hash = new GlossaryHash();
  readonly #lines: string[] = [];
  #length = 0;

  add(term: GlossaryTerm): void {
    this.#hash.add(term);
    // A note changes no translation, and so is no part of what is kept under the fingerprint.
    const { note: _, ...kept } = term;
    const line = JSON.stringify(kept);
    this.#lines.push(line);
    this.#length += line.length + 1;
  }

  /** UTF-16 units so far. */
  get length(): number {
    return this.#length;
  }

  end(): StoredTerms {
    return { fingerprint: this.#hash.digest(), terms: this.#lines.join('\n') };
  }
}

/** The glossary of stored terms, read without keeping the event loop from going on. */
export async function storedGlossary({ fingerprint, terms }: StoredTerms): Promise<Glossary> {
  const read: GlossaryTerm[] = [];
  await inTurns(linesOf(terms), (line) => {
    read.push(JSON.parse(line) as GlossaryTerm);
  });
  return new Glossary(read, fingerprint);
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? undefined : end);
    start = end < 0 ? text.length : end + 1;
  }
}
