import type { SerializedError } from '../../domain/errors.js';
import type { AttemptOutcome, TaskRecord } from '../../domain/task.js';
import type { Instant } from '../clock.js';
import { assertLease, type LeaseState, taskNotFound } from '../failures.js';
import { toJson } from '../rules.js';
import type { Lease } from '../task-store.js';
import { type Summed, sumOf } from './checksum.js';
import type { StoreDatabase } from './database.js';
import { type FullTaskRow, SELECT_TASK, selectFull, sound, type TaskRow, toTaskRecord } from './rows.js';

/** What changes of a task after its submission. */
const MUTABLE = [
  'status',
  'updated_at',
  'started_at',
  'completed_at',
  'ending',
  'not_before',
  'attempts',
  'retries',
  'crashes',
  'losses',
  'fencing',
  'owner',
  'lease_until',
  'lease_epoch',
  'error',
  'progress',
  'detected_language',
  'accuracy',
  'audio',
  'audio_duration',
  'processing_time',
  'models',
  'warnings',
  'coverage',
] as const satisfies ReadonlyArray<keyof TaskRow>;

const WRITE = `UPDATE tasks SET ${MUTABLE.map((column) => `${column} = ?`).join(', ')}, sum = ? WHERE seq = ?`;

const FULL_BY_ID = `${selectFull()} WHERE t.id = ?`;

const BY_SEQ = `${SELECT_TASK} WHERE t.seq = ?`;

const LEASED = 'SELECT seq, status, fencing, losses, text_id FROM tasks WHERE id = ?';

const LAST_ENDING = 'SELECT COALESCE(MAX(ending), 0) AS ending FROM tasks WHERE ending IS NOT NULL';

const END_ATTEMPT = `
  INSERT INTO attempts (task_seq, number, owner, started_at, ended_at, outcome, error, sum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

const NO_LEASE = { owner: null, lease_until: null, lease_epoch: null, not_before: null } as const;

/** A task in work, as far as most writes need to know it. */
export interface LeasedTask extends LeaseState {
  readonly seq: number;
  readonly losses: number;
  readonly text_id: string;
}

/** The task of a lease, if the lease is its current one; every write of a running task begins here or at {@link leasedRow}. */
export function leasedTask(db: StoreDatabase, lease: Lease): LeasedTask {
  const row = db.sql<LeasedTask>(LEASED).get(lease.taskId);
  assertLease(lease, row ?? null);
  return row as LeasedTask;
}

/** The same with all that is stored of the task, for writes that change it or give it out. */
export function leasedRow(db: StoreDatabase, lease: Lease): FullTaskRow {
  const row = db.sql<FullTaskRow>(FULL_BY_ID).get(lease.taskId);
  assertLease(lease, row ?? null);
  return sound(row as FullTaskRow);
}

export function findRow(db: StoreDatabase, taskId: string): FullTaskRow | null {
  const row = db.sql<FullTaskRow>(FULL_BY_ID).get(taskId);
  return row === undefined ? null : sound(row);
}

/** @throws {VoiceLinguaError} `TASK_NOT_FOUND` */
export function rowOf(db: StoreDatabase, taskId: string): FullTaskRow {
  const row = findRow(db, taskId);
  if (row === null) throw taskNotFound(taskId);
  return row;
}

/** @throws {VoiceLinguaError} `TASK_NOT_FOUND` */
export function seqOf(db: StoreDatabase, taskId: string): number {
  const row = db.sql<{ seq: number }>('SELECT seq FROM tasks WHERE id = ?').get(taskId);
  if (row === undefined) throw taskNotFound(taskId);
  return row.seq;
}

export function recordsOf(rows: readonly FullTaskRow[]): TaskRecord[] {
  return rows.map((row) => toTaskRecord(sound(row)));
}

/**
 * Changes a task's row, the object and what is stored; the one way in which a task changes, since the row's sum is over all of it.
 * The object is changed in place, because a copy of so many fields costs more than the statement.
 */
export function writeRow<R extends TaskRow>(db: StoreDatabase, row: R, changes: Partial<TaskRow>): R {
  const changed = Object.assign(row, changes);
  const values: Summed[] = MUTABLE.map((column) => changed[column]);
  values.push(sumOf('tasks', changed), changed.seq);
  db.sql(WRITE).run(...values);
  return changed;
}

/** Work was saved, which shows that the task gets on: lost owners are forgotten. */
export function forgetLosses(db: StoreDatabase, { seq, losses }: LeasedTask): void {
  if (losses > 0) writeRow(db, sound(db.sql<TaskRow>(BY_SEQ).get(seq) as TaskRow), { losses: 0 });
}

/** Pending again, or for the first time. */
export function makePending<R extends TaskRow>(db: StoreDatabase, now: Instant, row: R, changes: Partial<TaskRow>): R {
  return writeRow(db, row, { ...NO_LEASE, status: 'pending', ending: null, updated_at: now.wall, ...changes });
}

/** Completed, failed or cancelled. */
export function endTask<R extends TaskRow>(
  db: StoreDatabase,
  now: Instant,
  row: R,
  changes: Partial<TaskRow> & Pick<TaskRow, 'status'>,
): R {
  const { ending } = db.sql<{ ending: number }>(LAST_ENDING).get() as { ending: number };
  return writeRow(db, row, { ...NO_LEASE, ending: ending + 1, updated_at: now.wall, ...changes });
}

/** The owner died or fell silent. */
export function loseTask(db: StoreDatabase, now: Instant, row: TaskRow): void {
  endAttempt(db, now, row, 'lost');
  makePending(db, now, row, { losses: row.losses + 1 });
}

/** Writes down how the attempt in work ended, if there is one; to be called before the task itself changes. */
export function endAttempt(
  db: StoreDatabase,
  now: Instant,
  row: TaskRow,
  outcome: AttemptOutcome,
  error: SerializedError | null = null,
): void {
  if (row.status !== 'processing') return;
  const attempt = {
    number: row.fencing,
    owner: row.owner,
    started_at: row.started_at,
    ended_at: now.wall,
    outcome,
    error: error === null ? null : toJson('error', error),
  };
  db.sql(END_ATTEMPT).run(row.seq, ...Object.values(attempt), sumOf('attempts', attempt));
}
