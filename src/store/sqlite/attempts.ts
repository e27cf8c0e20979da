import type { SerializedError } from '../../domain/errors.js';
import type { AttemptOutcome } from '../../domain/task.js';
import { forgotten } from '../attempt-history.js';
import type { Instant } from '../clock.js';
import { toJson } from '../rules.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { type AttemptRow, toAttempt } from './rows.js';

const END = (condition: string) => `
  INSERT INTO attempts (task_seq, number, owner, started_at, ended_at, outcome, error)
  SELECT seq, fencing, owner, started_at, @ended, @outcome, @error FROM tasks
  WHERE status = 'processing' AND ${condition}`;

const FORGET = 'DELETE FROM attempts WHERE task_seq = ? AND number > ? AND number <= ?';

const ATTEMPTS = `
  SELECT a.number, a.owner, a.started_at, a.ended_at, a.outcome, a.error
  FROM tasks AS t JOIN attempts AS a ON a.task_seq = t.seq WHERE t.id = @taskId
  UNION ALL
  SELECT fencing, owner, started_at, NULL, 'running', NULL FROM tasks WHERE id = @taskId AND status = 'processing'
  ORDER BY number`;

/**
 * Writes down how the attempts of tasks in work end, if there are any; to be called before the tasks themselves change.
 * @param condition SQL over the columns of `tasks`
 */
export function endAttempts(
  db: StoreDatabase,
  now: Instant,
  condition: string,
  values: Readonly<Record<string, unknown>>,
  outcome: AttemptOutcome,
  error: SerializedError | null = null,
): void {
  db.sql(END(condition)).run({
    ...values,
    ended: now.wall,
    outcome,
    error: error === null ? null : toJson('error', error),
  });
}

/** To be called when an attempt begins. */
export function forgetAttempts(db: StoreDatabase, seq: number, latest: number): void {
  const gone = forgotten(latest);
  if (gone !== null) db.sql(FORGET).run(seq, gone.after, gone.upTo);
}

export function attempts(db: StoreDatabase): Pick<StoreOperations, 'attempts'> {
  return {
    attempts: (_now, taskId) => db.sql<AttemptRow>(ATTEMPTS).all({ taskId }).map(toAttempt),
  };
}
