import Database from 'better-sqlite3';
import { CHECKSUM_SQL, checksum, type Summed } from './checksum.js';

/**
 * Connections and statements of this thread, held until it ends: from Node 24.19 on, better-sqlite3 12 aborts the process when one
 * of them is collected as garbage (RemoveEnvironmentCleanupHook without a context). It frees none at a thread's end (some 100
 * bytes each), so few are made: what is said once to a connection is said by {@link Database.exec}, and asked by {@link ask}.
 */
const kept: unknown[] = [];

function keep<T>(made: T): T {
  kept.push(made);
  return made;
}

/**
 * Pages that are kept of a file, kB. The driver's 16 MB would be of a caller's process; what is not here the system's own cache has.
 */
const PAGE_CACHE_KB = 4_000;

/** Name in SQL of the function by which a connection tells values without a statement of the driver's. */
const TELL_SQL = 'voicelingua_tell';

let told: unknown[] = [];

export function connect(path: string, options?: Database.Options): Database.Database {
  const connection = keep(new Database(path, options));
  connection.function(CHECKSUM_SQL, { deterministic: true, varargs: true }, (...values: unknown[]) =>
    checksum(values as Summed[]),
  );
  connection.function(TELL_SQL, { directOnly: true, varargs: true }, (...values: unknown[]) => {
    told = values;
  });
  // Selections are temporary tables, see selections.ts.
  connection.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${PAGE_CACHE_KB}`);
  return connection;
}

/** A statement that is kept as long as the thread. */
export function prepare(connection: Database.Database, text: string): Database.Statement<unknown[], unknown> {
  return keep(connection.prepare<unknown[], unknown>(text));
}

/** Values of one row: those of `columns` from `source`. */
export function ask(connection: Database.Database, columns: string, source: string): unknown[] {
  told = [];
  connection.exec(`SELECT ${TELL_SQL}(${columns}) FROM ${source} LIMIT 1`);
  return told;
}

/** The one value of a query. */
export type Answer = (query: string) => unknown;

export function answerOf(connection: Database.Database): Answer {
  return (query) => {
    told = [];
    connection.exec(`SELECT ${TELL_SQL}((${query}))`);
    return told[0];
  };
}

export function pragmaOf(connection: Database.Database, name: string): unknown {
  return ask(connection, name, `pragma_${name}`)[0];
}

export function inTransaction(connection: Database.Database, action: () => void): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    action();
    connection.exec('COMMIT');
  } finally {
    // SQLite itself gives up the transaction on some failures.
    if (connection.inTransaction) connection.exec('ROLLBACK');
  }
}

/** For what SQLite may answer with busy at once, without its own waiting. */
export function retryBusy<T>(busyTimeoutMs: number, action: () => T): T {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      return action();
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || performance.now() > deadline) throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}
