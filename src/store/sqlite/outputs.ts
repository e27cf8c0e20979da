import { checkedOutputs } from '../rules.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { seqOf } from './task-rows.js';

const ADD = 'INSERT OR IGNORE INTO outputs (task_seq, path) VALUES (?, ?)';

const OUTPUTS = `
  SELECT o.path FROM tasks AS t JOIN outputs AS o ON o.task_seq = t.seq WHERE t.id = ? ORDER BY o.id`;

export function outputs(db: StoreDatabase): Pick<StoreOperations, 'addOutputs' | 'outputs'> {
  return {
    addOutputs(_now, taskId, paths) {
      const seq = seqOf(db, taskId);
      for (const path of checkedOutputs(paths)) db.sql(ADD).run(seq, path);
    },

    outputs: (_now, taskId) =>
      db
        .sql<{ path: string }>(OUTPUTS)
        .all(taskId)
        .map((row) => row.path),
  };
}
