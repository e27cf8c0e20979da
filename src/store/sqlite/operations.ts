import { attempts } from './attempts.js';
import { claims } from './claims.js';
import type { StoreDatabase } from './database.js';
import { outputs } from './outputs.js';
import type { StoreOperations } from './protocol.js';
import { queries } from './queries.js';
import { removals } from './removals.js';
import { results } from './results.js';
import { selections } from './selections.js';
import { statistics } from './statistics.js';
import { submissions } from './submissions.js';
import { tasks } from './tasks.js';

/** Every operation of the store on one connection. None opens a transaction: whoever calls them does. */
export function operationsOn(db: StoreDatabase): StoreOperations {
  return {
    ...submissions(db),
    ...claims(db),
    ...selections(db),
    ...results(db),
    ...attempts(db),
    ...tasks(db),
    ...removals(db),
    ...outputs(db),
    ...statistics(db),
    ...queries(db),
  };
}
