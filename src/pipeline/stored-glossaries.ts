import { VoiceLinguaError } from '../domain/errors.js';
import type { Glossary } from '../domain/glossary/glossary.js';
import { storedGlossary } from '../domain/glossary/stored-terms.js';
import type { TaskStore } from '../store/task-store.js';

/** Glossaries that are held for the next task: one of 100,000 terms takes tens of megabytes and a second to be made ready. */
const HELD = 2;

/** The glossaries of a store, made once for all tasks that name them one after the other. */
export class StoredGlossaries {
  /** By fingerprint; the one used last stands last. */
  readonly #held = new Map<string, Promise<Glossary>>();

  constructor(private readonly store: Pick<TaskStore, 'glossary'>) {}

  /** @throws {VoiceLinguaError} `GLOSSARY_NOT_FOUND` when the store has it no longer */
  async get(fingerprint: string): Promise<Glossary> {
    const held = this.#held.get(fingerprint) ?? this.#read(fingerprint);
    this.#held.delete(fingerprint);
    this.#held.set(fingerprint, held);
    for (const oldest of [...this.#held.keys()].slice(0, -HELD)) this.#held.delete(oldest);
    return await held;
  }

  async #read(fingerprint: string): Promise<Glossary> {
    try {
      const terms = await this.store.glossary(fingerprint);
      if (terms !== null) return await storedGlossary({ fingerprint, terms });
      throw new VoiceLinguaError(
        'GLOSSARY_NOT_FOUND',
        'The glossary of this task is no longer in the store. Submit the same work again with the glossary.',
        { details: { fingerprint } },
      );
    } catch (error) {
      this.#held.delete(fingerprint);
      throw error;
    }
  }
}
