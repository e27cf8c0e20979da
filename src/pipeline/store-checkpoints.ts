import type { Segment, WindowSpan } from '../domain/segment.js';
import type { TranslationRecord } from '../domain/task.js';
import type { StageCheckpoints } from '../stages/stage.js';
import type { Checkpoint, Lease, TaskStore } from '../store/task-store.js';

/** A stage's checkpoints, kept in the task store under the task's lease. */
export class StoreCheckpoints implements StageCheckpoints {
  readonly #store: TaskStore;
  readonly #lease: Lease;
  readonly #stage: string;
  readonly #saved: ReadonlyMap<string, Checkpoint>;

  constructor(store: TaskStore, lease: Lease, stage: string, saved: readonly Checkpoint[]) {
    this.#store = store;
    this.#lease = lease;
    this.#stage = stage;
    this.#saved = new Map(saved.filter((one) => one.stage === stage).map((one) => [one.piece, one]));
  }

  get(piece: string, fingerprint: string): unknown {
    const found = this.#saved.get(piece);
    return found?.fingerprint === fingerprint ? found.result : undefined;
  }

  save(piece: string, fingerprint: string, result: unknown): Promise<void> {
    return this.#store.checkpoint(this.#lease, [this.#checkpoint(piece, fingerprint, result)]);
  }

  saveWindow(piece: string, fingerprint: string, window: WindowSpan, segments: readonly Segment[]): Promise<void> {
    const checkpoint = this.#checkpoint(piece, fingerprint, segments);
    return this.#store.saveWindow(this.#lease, checkpoint, { window, segments });
  }

  saveTranslations(
    piece: string,
    fingerprint: string,
    result: unknown,
    records: readonly TranslationRecord[],
  ): Promise<void> {
    return this.#store.saveTranslations(this.#lease, [this.#checkpoint(piece, fingerprint, result)], records);
  }

  #checkpoint(piece: string, fingerprint: string, result: unknown): Checkpoint {
    return { stage: this.#stage, piece, fingerprint, result };
  }
}
