import { checkedMemoryLimit } from '../memory-rules.js';
import { attempts } from './attempts.js';
import { claims } from './claims.js';
import type { StoreDatabase } from './database.js';
import { glossaries } from './glossaries.js';
import { MemoryUses } from './memory-uses.js';
import { outputs } from './outputs.js';
import type { StoreOperations } from './protocol.js';
import { queries } from './queries.js';
import { removals } from './removals.js';
import { results } from './results.js';
import { selections } from './selections.js';
import { statistics } from './statistics.js';
import { submissions } from './submissions.js';
import { tasks } from './tasks.js';
import { translationMemory } from './translation-memory.js';

/**
 * Every operation of the store on one connection. None opens a transaction: whoever calls them does.
 * @param memoryLimit most entries of the translation memory, see {@link checkedMemoryLimit}
 */
export function operationsOn(db: StoreDatabase, memoryLimit?: number): StoreOperations {
  const uses = new MemoryUses(db);
  return {
    ...submissions(db),
    ...claims(db),
    ...selections(db),
    ...results(db),
    ...attempts(db),
    ...tasks(db),
    ...removals(db),
    ...outputs(db),
    ...statistics(db, uses),
    ...queries(db),
    ...glossaries(db),
    ...translationMemory(db, uses, checkedMemoryLimit(memoryLimit)),
  };
}
