import { addAccounts, NO_ACCOUNT, type TranslationAccount } from '../domain/translation-account.js';
import type { Checkpoint, Lease, TaskStore } from '../store/task-store.js';

/** Under which an account is kept, beside the translations it is about. */
const PLACE = { stage: 'translate', piece: 'account' } as const;
const FINGERPRINT = 'account';

/** Who translated for a task and what it cost, over all attempts at it; kept among its checkpoints. */
export class TaskAccount {
  readonly #store: TaskStore;
  readonly #lease: Lease;
  #before: TranslationAccount = NO_ACCOUNT;
  #saved = '';

  constructor(store: TaskStore, lease: Lease) {
    this.#store = store;
    this.#lease = lease;
  }

  /** What earlier attempts left. */
  begin(checkpoints: readonly Checkpoint[]): void {
    this.#before = accountOf(checkpoints) ?? NO_ACCOUNT;
  }

  /** All attempts, this one with what it did until now. */
  with(now: TranslationAccount): TranslationAccount {
    return addAccounts(this.#before, now);
  }

  /** Keeps it, when this attempt has done something since it was kept last. */
  async save(now: TranslationAccount): Promise<void> {
    const text = JSON.stringify(now);
    if (text === this.#saved || (now.cost === null && now.models.length === 0)) return;
    await this.#store.checkpoint(this.#lease, [{ ...PLACE, fingerprint: FINGERPRINT, result: this.with(now) }]);
    this.#saved = text;
  }
}

/** The account among a task's checkpoints; null where nothing was to be told. */
export function accountOf(checkpoints: readonly Checkpoint[]): TranslationAccount | null {
  const found = checkpoints.find(({ stage, piece }) => stage === PLACE.stage && piece === PLACE.piece);
  return (found?.result as TranslationAccount | undefined) ?? null;
}

/** The account of a stored task. */
export async function storedAccount(store: TaskStore, taskId: string): Promise<TranslationAccount | null> {
  return accountOf(await store.checkpoints(taskId, PLACE.stage, PLACE.piece));
}
