import { createHash } from 'node:crypto';
import type { GlossaryTerm } from './glossary.js';

/** Characters of a fingerprint, four bits each. */
const LENGTH = 32;

/** Makes the fingerprint of a glossary term by term; notes do not count, since they change no translation. */
export class GlossaryHash {
  readonly #hash = createHash('sha256');
  #separator = '[';

  add({ texts, doNotTranslate = false, caseSensitive = false }: GlossaryTerm): void {
    const sorted = Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#hash.update(this.#separator + JSON.stringify([sorted, doNotTranslate, caseSensitive]));
    this.#separator = ',';
  }

  /** Equal for glossaries that translate alike. */
  digest(): string {
    this.#hash.update(this.#separator === '[' ? '[]' : ']');
    return this.#hash.digest('hex').slice(0, LENGTH);
  }
}
