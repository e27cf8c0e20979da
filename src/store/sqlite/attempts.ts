import type { Attempt } from '../../domain/task.js';
import { forgotten } from '../attempt-history.js';
import { isoTime } from '../clock.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { type AttemptRow, type TaskRow, toAttempt } from './rows.js';
import { findRow } from './task-rows.js';

const FORGET = 'DELETE FROM attempts WHERE task_seq = ? AND number > ? AND number <= ?';

const ENDED = `
  SELECT number, owner, started_at, ended_at, outcome, error, sum FROM attempts WHERE task_seq = ? ORDER BY number`;

/** To be called when an attempt begins. */
export function forgetAttempts(db: StoreDatabase, { seq, fencing }: TaskRow): void {
  const gone = forgotten(fencing);
  if (gone !== null) db.sql(FORGET).run(seq, gone.after, gone.upTo);
}

/** The attempt in work stands in the task's own row. */
function running({ fencing, owner, started_at }: TaskRow): Attempt {
  return {
    number: fencing,
    owner: owner as string,
    startedAt: isoTime(started_at as number),
    endedAt: null,
    outcome: 'running',
    error: null,
  };
}

export function attempts(db: StoreDatabase): Pick<StoreOperations, 'attempts'> {
  return {
    attempts(_now, taskId) {
      const task = findRow(db, taskId);
      if (task === null) return [];
      const ended = db.sql<AttemptRow>(ENDED).all(task.seq).map(toAttempt);
      return task.status === 'processing' ? [...ended, running(task)] : ended;
    },
  };
}
