import { assertLease, type LeaseState } from '../failures.js';
import { checkedDuration, checkedId } from '../rules.js';
import type { ClaimedTask, Lease } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from './rows.js';

const RESCUE = `
  UPDATE tasks SET status = 'pending', owner = NULL, lease_until = NULL, lease_epoch = NULL, updated_at = ?
  WHERE status = 'processing' AND (lease_until <= ? OR lease_epoch <> ?)`;

const WAKE = `UPDATE tasks SET not_before = NULL WHERE status = 'pending' AND not_before <= ?`;

const CLAIMABLE = `
  SELECT seq, id FROM tasks INDEXED BY tasks_claimable WHERE status = 'pending' AND not_before IS NULL
  ORDER BY priority DESC, seq`;

const CLAIMABLE_OF_IDS = `
  SELECT t.seq, t.id FROM json_each(?) AS wanted CROSS JOIN tasks AS t ON t.id = wanted.value
  WHERE t.status = 'pending' AND t.not_before IS NULL ORDER BY t.priority DESC, t.seq LIMIT 1`;

const TAKE = `
  UPDATE tasks SET status = 'processing', owner = ?, lease_until = ?, lease_epoch = ?, fencing = fencing + 1,
    attempts = attempts + 1, started_at = ?, updated_at = ?
  WHERE seq = ?`;

const EXTEND = 'UPDATE tasks SET lease_until = ?, lease_epoch = ? WHERE seq = ?';

const HAND_BACK = `
  UPDATE tasks SET status = 'pending', owner = NULL, lease_until = NULL, lease_epoch = NULL,
    attempts = attempts - 1, updated_at = ?
  WHERE seq = ?`;

interface Candidate {
  readonly seq: number;
  readonly id: string;
}

/** The row of a lease's task, if the lease is its current one; every write of a running task begins here. */
export function leasedTask(db: StoreDatabase, lease: Lease): number {
  const row = db
    .sql<LeaseState & { seq: number }>('SELECT seq, status, fencing FROM tasks WHERE id = ?')
    .get(lease.taskId);
  assertLease(lease, row ?? null);
  return (row as { seq: number }).seq;
}

export function claims(db: StoreDatabase): Pick<StoreOperations, 'claim' | 'heartbeat' | 'release'> {
  function best(ids: readonly string[] | undefined): Candidate | undefined {
    if (ids === undefined) return db.sql<Candidate>(`${CLAIMABLE} LIMIT 1`).get();
    if (ids.length === 0) return undefined;
    // A run's own tasks mostly stand at the front of the queue; only when others crowd it is each one looked up.
    const wanted = new Set(ids);
    const front = db.sql<Candidate>(`${CLAIMABLE} LIMIT ?`);
    for (const candidate of front.iterate(Math.min(ids.length, 1_000))) {
      if (wanted.has(candidate.id)) return candidate;
    }
    return db.sql<Candidate>(CLAIMABLE_OF_IDS).get(JSON.stringify(ids));
  }

  return {
    claim(now, owner, leaseMs, ids): ClaimedTask | null {
      checkedId('owner', owner);
      checkedDuration('leaseMs', leaseMs);
      db.sql(RESCUE).run(now.wall, now.lease, now.epoch);
      db.sql(WAKE).run(now.wall);
      const candidate = best(ids);
      if (candidate === undefined) return null;
      db.sql(TAKE).run(owner, Math.ceil(now.lease + leaseMs), now.epoch, now.wall, now.wall, candidate.seq);
      const row = db
        .sql<TaskRow>(
          `SELECT ${TASK_COLUMNS} FROM tasks AS t JOIN task_inputs AS i ON i.task_seq = t.seq WHERE t.seq = ?`,
        )
        .get(candidate.seq) as TaskRow;
      return { task: toTaskRecord(row), lease: { taskId: row.id, owner, fencing: row.fencing } };
    },

    heartbeat(now, lease, leaseMs) {
      checkedDuration('leaseMs', leaseMs);
      db.sql(EXTEND).run(Math.ceil(now.lease + leaseMs), now.epoch, leasedTask(db, lease));
    },

    release(now, lease) {
      db.sql(HAND_BACK).run(now.wall, leasedTask(db, lease));
    },
  };
}
