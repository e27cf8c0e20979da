import { stat } from 'node:fs/promises';
import type { GlossaryInput } from './api-types.js';
import { toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import { givenTerm } from './domain/glossary/given-terms.js';
import { glossaryOf } from './domain/glossary/named-glossary.js';
import { type StoredTerms, TermWriter } from './domain/glossary/stored-terms.js';
import type { TaskSpec } from './domain/task.js';
import { inTurns } from './domain/turns.js';
import type { SubmittedTask, TaskStore } from './store/task-store.js';
import { sealTask, type TaskDraft } from './task-specs.js';

/** Files whose terms are held, so that a batch does not read its glossary again for every task. */
const FILES_HELD = 2;
/** Most that a glossary takes in a store, UTF-16 units; no file that is read comes near it. */
const MAX_STORED = 64 * 1024 * 1024;
/** Times that the glossaries of a submission are kept again because others deleted them meanwhile. */
const TRIES = 3;

/** Glossary files that were read last, for all calls of an instance. A file that has changed is read again. */
export class GlossaryFiles {
  readonly #held = new Map<string, Promise<StoredTerms>>();

  async termsOf(path: string, { sourceLanguage, languages }: Languages): Promise<StoredTerms> {
    const language = sourceLanguage === 'auto' ? undefined : sourceLanguage;
    const targets = languages.filter((code) => code !== sourceLanguage);
    const to = targets.length === 1 ? targets[0] : undefined;
    const key = JSON.stringify([path, await versionOf(path), language, to]);
    const held = this.#held.get(key) ?? this.#read(key, path, { language, to });
    // The one used last is the last to go.
    this.#held.delete(key);
    this.#held.set(key, held);
    for (const oldest of [...this.#held.keys()].slice(0, -FILES_HELD)) this.#held.delete(oldest);
    return await held;
  }

  async #read(
    key: string,
    path: string,
    { language, to }: { readonly language: string | undefined; readonly to: string | undefined },
  ): Promise<StoredTerms> {
    try {
      const { loadGlossaryFile } = await import('./glossary-file.js');
      const languages = { ...(language === undefined ? {} : { language }), ...(to === undefined ? {} : { to }) };
      return await loadGlossaryFile({ path, languages });
    } catch (error) {
      this.#held.delete(key);
      throw error;
    }
  }
}

type Languages = Pick<TaskSpec, 'sourceLanguage' | 'languages'>;

/** Changes when the file does; null for what cannot be looked at, which reading it will tell. */
async function versionOf(path: string): Promise<string | null> {
  const known = await stat(path, { bigint: true }).catch(() => null);
  return known === null ? null : `${known.dev} ${known.ino} ${known.size} ${known.mtimeNs} ${known.ctimeNs}`;
}

/** The glossaries of the tasks of one call, from what the caller gave to what the store keeps. */
export class TaskGlossaries {
  readonly #lists = new Map<readonly unknown[], Promise<StoredTerms>>();
  readonly #prepared = new Map<string, StoredTerms>();

  constructor(private readonly files: GlossaryFiles) {}

  /**
   * The task, with the fingerprint of its glossary in its options and in its key.
   * @throws {VoiceLinguaError} for a glossary that cannot be used, naming line or entry
   */
  async seal(draft: TaskDraft, signal?: AbortSignal): Promise<TaskSpec> {
    if (draft.glossary === undefined) return sealTask(draft, null);
    const stored = await this.#termsOf(draft.glossary, draft, signal);
    this.#prepared.set(stored.fingerprint, stored);
    return sealTask(draft, stored.fingerprint);
  }

  /** Stores tasks, and their glossaries where the store has them not yet, in one commit. */
  async submit(store: TaskStore, specs: readonly TaskSpec[]): Promise<SubmittedTask[]> {
    const named = [...new Set(specs.map(({ options }) => glossaryOf(options)))];
    const glossaries = named.flatMap((fingerprint) => this.#prepared.get(fingerprint ?? '') ?? []);
    for (let tried = 0; ; tried += 1) {
      // Most are there from an earlier call, and to send 100,000 terms is work.
      const kept = tried === 0 ? [] : glossaries.map((one) => store.keepGlossary(one.fingerprint, one.terms));
      try {
        const submitted = store.submit(specs);
        await Promise.all([...kept, submitted]);
        return await submitted;
      } catch (error) {
        if (toVoiceLinguaError(error).code !== 'GLOSSARY_NOT_FOUND' || tried === TRIES) throw error;
      }
    }
  }

  #termsOf(given: GlossaryInput, draft: TaskDraft, signal?: AbortSignal): Promise<StoredTerms> {
    if (typeof given === 'string') return this.files.termsOf(given, draft.spec);
    let terms = this.#lists.get(given);
    if (terms === undefined) {
      terms = termsOfList(given, draft.owner, signal);
      this.#lists.set(given, terms);
    }
    return terms;
  }
}

async function termsOfList(given: readonly unknown[], owner: string, signal?: AbortSignal): Promise<StoredTerms> {
  const writer = new TermWriter();
  await inTurns(
    given,
    (value, index) => {
      writer.add(givenTerm(value, index, owner));
      if (writer.length <= MAX_STORED) return;
      throw new VoiceLinguaError(
        'INPUT_TOO_LARGE',
        `${owner}: the first ${index + 1} terms of "glossary" take more than ${MAX_STORED} characters. Leave out languages that are not translated into.`,
        { details: { owner, option: 'glossary', index } },
      );
    },
    signal,
  );
  return writer.end();
}
