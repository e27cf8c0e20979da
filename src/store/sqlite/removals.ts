import { checkedPrune } from '../rules.js';
import type { StoreDatabase } from './database.js';
import { forgetUnnamed } from './glossaries.js';
import type { StoreOperations } from './protocol.js';
import { withdraw } from './publication.js';

const MATCHING = `
  FROM tasks INDEXED BY tasks_ended
  WHERE ending IS NOT NULL AND status IN (SELECT value FROM json_each(@statuses)) AND updated_at <= @endedBy`;

const OLDEST_KEPT = `SELECT ending ${MATCHING} ORDER BY ending DESC LIMIT 1 OFFSET @keep - 1`;

const LONGEST_ENDED = `SELECT seq, id ${MATCHING} AND ending < @before ORDER BY ending LIMIT @limit + 0`;

const OUTPUTS = 'SELECT path FROM outputs WHERE task_seq = ? ORDER BY id';

/** Deletes a task with all that belongs to it. */
function remove(db: StoreDatabase, seq: number): void {
  withdraw(db, seq);
  db.sql('DELETE FROM tasks WHERE seq = ?').run(seq);
}

export function removals(db: StoreDatabase): Pick<StoreOperations, 'delete' | 'prune'> {
  return {
    delete(_now, taskId) {
      const row = db.sql<{ seq: number }>('SELECT seq FROM tasks WHERE id = ?').get(taskId);
      if (row === undefined) return false;
      remove(db, row.seq);
      forgetUnnamed(db);
      return true;
    },

    prune(now, filter) {
      const { keep, endedBy, statuses, limit, dryRun } = checkedPrune(filter, now.wall);
      const matching = { statuses: JSON.stringify(statuses), endedBy };
      let before = Number.MAX_SAFE_INTEGER;
      if (keep > 0) {
        const kept = db.sql<{ ending: number }>(OLDEST_KEPT).get({ ...matching, keep });
        if (kept === undefined) return [];
        before = kept.ending;
      }
      const tasks = db.sql<{ seq: number; id: string }>(LONGEST_ENDED).all({ ...matching, before, limit });
      const pruned = tasks.map(({ seq, id }) => {
        const outputs = db
          .sql<{ path: string }>(OUTPUTS)
          .all(seq)
          .map(({ path }) => path);
        if (!dryRun) remove(db, seq);
        return { id, outputs };
      });
      if (!dryRun && pruned.length > 0) forgetUnnamed(db);
      return pruned;
    },
  };
}
