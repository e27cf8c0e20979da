import type { StoreDatabase } from './database.js';
import { storeError } from './errors.js';
import {
  LOCAL,
  READS,
  type StoreMethod,
  type StoreOperations,
  type StoreReply,
  type StoreRequest,
} from './protocol.js';

type Request = StoreRequest & { readonly method: StoreMethod };
type AnyOperation = (now: StoreRequest['now'], ...args: readonly unknown[]) => unknown;

/**
 * Runs requests that arrived together as one transaction, so that they share one fsync. Each that writes runs in a savepoint of
 * its own: one that fails undoes nothing of another's. Nothing is answered before the commit.
 * Requests that write nothing of the store's share one view of it and take no lock.
 */
export class GroupCommit {
  constructor(
    private readonly db: StoreDatabase,
    private readonly operations: StoreOperations,
  ) {}

  run(requests: readonly Request[]): StoreReply[] {
    const replies = this.#together(requests);
    if (replies !== null) return replies;
    return requests.map((request) => this.#alone(request));
  }

  /** Null when the transaction as a whole failed: then nothing of it is stored and each is to be tried on its own. */
  #together(requests: readonly Request[]): StoreReply[] | null {
    if (requests.length === 1) return null;
    try {
      this.#begin(requests);
      const replies = requests.map((request) =>
        READS.has(request.method) ? this.#answer(request, () => this.#perform(request)) : this.#guarded(request),
      );
      if (!this.db.connection.inTransaction) return null;
      this.db.sql('COMMIT').run();
      return replies;
    } catch {
      this.#rollback();
      return null;
    }
  }

  #alone(request: Request): StoreReply {
    return this.#answer(request, () => {
      this.#begin([request]);
      try {
        const value = this.#perform(request);
        this.db.sql('COMMIT').run();
        return value;
      } catch (error) {
        this.#rollback();
        throw error;
      }
    });
  }

  #guarded(request: Request): StoreReply {
    this.db.sql('SAVEPOINT request').run();
    const reply = this.#answer(request, () => this.#perform(request));
    // SQLite itself gives up the whole transaction on some failures (disk full, I/O error).
    if (!this.db.connection.inTransaction) throw new Error('transaction lost');
    if ('error' in reply) this.db.sql('ROLLBACK TO request').run();
    this.db.sql('RELEASE request').run();
    return reply;
  }

  #perform(request: Request): unknown {
    return (this.operations[request.method] as AnyOperation)(request.now, ...request.args);
  }

  #answer(request: Request, action: () => unknown): StoreReply {
    try {
      return { id: request.id, value: action() };
    } catch (error) {
      return { id: request.id, error: storeError(error, this.db.path).toJSON() };
    }
  }

  #begin(requests: readonly Request[]): void {
    const writes = requests.some(({ method }) => !READS.has(method) && !LOCAL.has(method));
    this.db.sql(writes ? 'BEGIN IMMEDIATE' : 'BEGIN').run();
  }

  #rollback(): void {
    if (this.db.connection.inTransaction) this.db.sql('ROLLBACK').run();
  }
}
