import { glossaryOf } from '../../domain/glossary/named-glossary.js';
import type { TaskSpec } from '../../domain/task.js';
import { glossaryNotFound } from '../failures.js';
import { checkedId, checkedText } from '../rules.js';

/** The glossaries of a store that lives in memory. */
export class Glossaries {
  /** Terms by fingerprint. */
  readonly #terms = new Map<string, string>();

  keep(fingerprint: string, terms: string): void {
    const id = checkedId('fingerprint', fingerprint);
    const text = checkedText('terms', terms);
    if (!this.#terms.has(id)) this.#terms.set(id, text);
  }

  find(fingerprint: string): string | null {
    return this.#terms.get(checkedId('fingerprint', fingerprint)) ?? null;
  }

  /** @throws {VoiceLinguaError} `GLOSSARY_NOT_FOUND` when a task names one that is not kept */
  assertKept(specs: readonly TaskSpec[]): void {
    for (const { options } of specs) {
      const fingerprint = glossaryOf(options);
      if (fingerprint !== null && !this.#terms.has(fingerprint)) throw glossaryNotFound(fingerprint);
    }
  }

  /** Forgets those that none of the tasks names. */
  forgetUnnamed(tasks: Iterable<{ readonly record: Pick<TaskSpec, 'options'> }>): void {
    if (this.#terms.size === 0) return;
    const named = new Set<string | null>();
    for (const { record } of tasks) named.add(glossaryOf(record.options));
    for (const fingerprint of [...this.#terms.keys()]) if (!named.has(fingerprint)) this.#terms.delete(fingerprint);
  }

  clear(): void {
    this.#terms.clear();
  }
}
