import type { StoreDatabase } from './database.js';
import { storeError } from './errors.js';
import { READS, type StoreMethod, type StoreOperations, type StoreReply, type StoreRequest } from './protocol.js';

type Request = StoreRequest & { readonly method: StoreMethod };
type AnyOperation = (now: StoreRequest['now'], ...args: readonly unknown[]) => unknown;

/**
 * Runs requests that arrived together as one transaction, so that they share one fsync. Each runs in a savepoint of
 * its own: one that fails undoes nothing of another's. Nothing is answered before the commit.
 */
export class GroupCommit {
  constructor(
    private readonly db: StoreDatabase,
    private readonly operations: StoreOperations,
  ) {}

  run(requests: readonly Request[]): StoreReply[] {
    if (requests.every((request) => READS.has(request.method))) {
      return requests.map((request) => this.#answer(request, () => this.#perform(request)));
    }
    if (requests.length === 1) return requests.map((request) => this.#alone(request));
    return this.#together(requests) ?? requests.map((request) => this.#alone(request));
  }

  #alone(request: Request): StoreReply {
    if (READS.has(request.method)) return this.#answer(request, () => this.#perform(request));
    return this.#answer(request, () => {
      this.#begin();
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

  /** Null when the transaction as a whole failed: then nothing of it is stored and each is to be tried on its own. */
  #together(requests: readonly Request[]): StoreReply[] | null {
    try {
      this.#begin();
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

  #begin(): void {
    this.db.sql('BEGIN IMMEDIATE').run();
  }

  #rollback(): void {
    if (this.db.connection.inTransaction) this.db.sql('ROLLBACK').run();
  }
}
