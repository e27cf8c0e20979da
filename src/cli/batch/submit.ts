import { setTimeout as sleep } from 'node:timers/promises';
import type { SubmittedWork, VoiceLingua } from '../api.js';
import { type Context, termOptions } from '../context.js';
import { isAbout, toFailure } from '../errors.js';
import type { Batch } from './outcome.js';
import type { Work } from './requests.js';

export interface Stored extends SubmittedWork {
  readonly name: string;
}

/** First and longest wait before a store that is short of memory is asked again. */
const WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

/** Stores work, group by group; what cannot be stored fails alone, and short memory is waited for. */
export class Submitter {
  readonly #context: Context;
  readonly #lingua: VoiceLingua;
  readonly #batch: Batch;
  readonly #stop: AbortSignal;

  /** @param stop aborted when nothing more is to be stored; a group that is being stored is not waited for */
  constructor(context: Context, lingua: VoiceLingua, batch: Batch, stop: AbortSignal) {
    this.#context = context;
    this.#lingua = lingua;
    this.#batch = batch;
    this.#stop = stop;
  }

  /**
   * The group's tasks; null when the work was stopped meanwhile.
   * @param failed called with each piece of work that was refused
   * @throws what keeps all work from being stored, such as a damaged store
   */
  async submit(group: readonly Work[], failed: (work: Work) => void): Promise<Stored[] | null> {
    try {
      const answers = await this.#patiently(() => this.#lingua.submit(group.map(({ request }) => request)));
      return answers?.map((answer, index) => ({ ...answer, name: group[index]?.name ?? answer.id })) ?? null;
    } catch (error) {
      if (!this.#isAboutOne(error)) throw error;
    }
    // Submitting is idempotent, so the group can go again one by one to find which of it is at fault.
    const stored: Stored[] = [];
    for (const one of group) {
      try {
        const answer = await this.#patiently(() => this.#lingua.submit(one.request));
        if (answer === null) return null;
        stored.push({ ...answer, name: one.name });
      } catch (error) {
        if (!this.#isAboutOne(error)) throw error;
        this.#batch.failed(error, one.name);
        failed(one);
      }
    }
    return stored;
  }

  /** Whether an error is about the work that was given, and not about the glossary of all work, the store or this program. */
  #isAboutOne(error: unknown): boolean {
    const { category } = toFailure(error);
    const given = category === 'usage' || category === 'input' || category === 'model';
    return given && !isAbout(error, termOptions(this.#context).glossary);
  }

  async #patiently<T>(submit: () => Promise<T>): Promise<T | null> {
    const { ui } = this.#context;
    let waitMs = WAIT_MS;
    for (let refused = false; ; refused = true) {
      if (this.#stop.aborted) return null;
      try {
        const answer = await unlessStopped(submit(), this.#stop);
        if (refused && answer !== null) ui.message('memory is free again: going on');
        return answer;
      } catch (error) {
        const { code, message } = toFailure(error);
        if (code !== 'OVERLOADED') throw error;
        if (!refused) ui.warning(`new work waits: ${message}`);
        await sleep(waitMs, undefined, { signal: this.#stop }).catch(() => {});
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
  }
}

/** The promise's outcome, or null as soon as `stop` is aborted. */
async function unlessStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T | null> {
  let onAbort = (): void => {};
  const stopped = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    stop.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    stop.removeEventListener('abort', onAbort);
    promise.catch(() => {});
  }
}
