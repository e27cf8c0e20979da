import { MemoryStore } from './memory-store.js';
import { openSqliteStore, type SqliteStoreOptions } from './sqlite/open.js';
import type { TaskStore } from './task-store.js';

/** The store in the file `path`; `:memory:` keeps the tasks in this process only, without SQLite and its thread. */
export async function openStore(path: string, options: SqliteStoreOptions = {}): Promise<TaskStore> {
  return path === ':memory:' ? new MemoryStore(options) : openSqliteStore(path, options);
}
