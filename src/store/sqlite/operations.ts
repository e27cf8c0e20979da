import { claims } from './claims.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { queries } from './queries.js';
import { results } from './results.js';
import { submissions } from './submissions.js';
import { tasks } from './tasks.js';

/** Every operation of the store on one connection. None opens a transaction: whoever calls them does. */
export function operationsOn(db: StoreDatabase): StoreOperations {
  return { ...submissions(db), ...claims(db), ...results(db), ...tasks(db), ...queries(db) };
}
