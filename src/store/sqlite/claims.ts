import { type Candidate, FRONT, goesFirst, preferred } from '../claim-order.js';
import type { Instant } from '../clock.js';
import { assertLease, type LeaseState } from '../failures.js';
import { type CheckedClaim, checkedClaim, checkedDuration } from '../rules.js';
import type { ClaimedTask, Lease } from '../task-store.js';
import { endAttempts, forgetAttempts } from './attempts.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from './rows.js';
import { MEMBERS, refreshSelection } from './selections.js';

/** Leases that are over: overdue, or of another boot. */
const OVERDUE = '((lease_epoch = @epoch AND lease_until <= @lease) OR lease_epoch < @epoch OR lease_epoch > @epoch)';

/** Each part is one look into the index of leases, which the disjunction as a whole would walk through. */
const ANY_OVERDUE = `
  SELECT EXISTS (SELECT 1 FROM tasks WHERE status = 'processing' AND lease_epoch = @epoch AND lease_until <= @lease)
    OR EXISTS (SELECT 1 FROM tasks WHERE status = 'processing' AND lease_epoch < @epoch)
    OR EXISTS (SELECT 1 FROM tasks WHERE status = 'processing' AND lease_epoch > @epoch) AS found`;

const OWNED = 'owner IN (SELECT value FROM json_each(@owners))';

const LOSE = (condition: string) => `
  UPDATE tasks SET status = 'pending', owner = NULL, lease_until = NULL, lease_epoch = NULL, losses = losses + 1,
    updated_at = @wall
  WHERE status = 'processing' AND ${condition}`;

const WAKE = `UPDATE tasks SET not_before = NULL WHERE status = 'pending' AND not_before <= ?`;

const WAITING = `SELECT COUNT(*) AS n FROM tasks WHERE status = 'pending' AND not_before > ?`;

const TAKE = `
  UPDATE tasks SET status = 'processing', owner = ?, lease_until = ?, lease_epoch = ?, fencing = fencing + 1,
    attempts = attempts + 1, started_at = ?, updated_at = ?
  WHERE seq = ?`;

const TAKEN = `SELECT ${TASK_COLUMNS} FROM tasks AS t JOIN task_inputs AS i ON i.task_seq = t.seq WHERE t.seq = ?`;

const EXTEND = 'UPDATE tasks SET lease_until = ?, lease_epoch = ? WHERE seq = ?';

const HAND_BACK = `
  UPDATE tasks SET status = 'pending', owner = NULL, lease_until = NULL, lease_epoch = NULL,
    attempts = attempts - 1, updated_at = ?
  WHERE seq = ?`;

const LEASED = 'SELECT seq, status, fencing, losses, text_id FROM tasks WHERE id = ?';

/** Tasks that a claim may take, in order. Members of a selection are walked from its side, so that nobody else's queue is. */
function queueSql({ ids, selection, preferModels }: CheckedClaim): string {
  const named = selection === null && ids !== null;
  const from =
    selection !== null
      ? `${MEMBERS} CROSS JOIN tasks AS t ON t.seq = s.seq AND t.id = s.id`
      : named
        ? 'json_each(@ids) AS wanted CROSS JOIN tasks AS t ON t.id = wanted.value'
        : 'tasks AS t INDEXED BY tasks_claimable';
  const models = preferModels === null ? '' : 'CROSS JOIN task_inputs AS i ON i.task_seq = t.seq';
  const columns = preferModels === null ? '' : ', t.priority, t.created_at, i.stt_model, i.mt_model';
  const among =
    selection === null
      ? ''
      : `AND s.selection = @selection AND s.state = 0 ${ids === null ? '' : 'AND t.id IN (SELECT value FROM json_each(@ids))'}`;
  const order = selection === null ? 't.rank, t.seq' : 's.rank, s.seq';
  return `
    SELECT t.seq${columns} FROM ${from} ${models}
    WHERE t.status = 'pending' AND t.not_before IS NULL AND COALESCE(t.cost, 0) <= @maxCost ${among}
    ORDER BY ${order} LIMIT @limit`;
}

interface QueueRow {
  readonly seq: number;
  readonly priority: number;
  readonly created_at: number;
  readonly stt_model: string | null;
  readonly mt_model: string | null;
}

/** The task of a lease, as far as writes need to know it. */
export interface LeasedTask extends LeaseState {
  readonly seq: number;
  readonly losses: number;
  readonly text_id: string;
}

/** The row of a lease's task, if the lease is its current one; every write of a running task begins here. */
export function leasedTask(db: StoreDatabase, lease: Lease): LeasedTask {
  const row = db.sql<LeasedTask>(LEASED).get(lease.taskId);
  assertLease(lease, row ?? null);
  return row as LeasedTask;
}

export function claims(
  db: StoreDatabase,
): Pick<StoreOperations, 'claim' | 'heartbeat' | 'release' | 'owners' | 'waiting' | 'rescue'> {
  function lose(now: Instant, condition: string, values: Readonly<Record<string, unknown>>): number {
    endAttempts(db, now, condition, values, 'lost');
    return db.sql(LOSE(condition)).run({ ...values, wall: now.wall }).changes;
  }

  function best(asked: CheckedClaim, now: Instant): number | undefined {
    const { ids, selection, maxCost, preferModels } = asked;
    if (selection !== null) refreshSelection(db, selection);
    const queue = db.sql<QueueRow>(queueSql(asked));
    const values = {
      maxCost: maxCost ?? Number.MAX_VALUE,
      ...(ids === null ? {} : { ids: JSON.stringify([...new Set(ids)]) }),
      ...(selection === null ? {} : { selection }),
    };
    const first = queue.get({ ...values, limit: 1 });
    if (first === undefined || preferModels === null) return first?.seq;
    if (goesFirst(toCandidate(first), preferModels, now.wall)) return first.seq;
    return preferred(queue.all({ ...values, limit: FRONT }).map(toCandidate), preferModels)?.seq;
  }

  return {
    claim(now, owner, leaseMs, options = {}): ClaimedTask | null {
      const asked = checkedClaim(owner, leaseMs, options);
      const leases = { epoch: now.epoch, lease: now.lease };
      if (db.sql<{ found: number }>(ANY_OVERDUE).get(leases)?.found === 1) lose(now, OVERDUE, leases);
      db.sql(WAKE).run(now.wall);
      const seq = best(asked, now);
      if (seq === undefined) return null;
      db.sql(TAKE).run(owner, Math.ceil(now.lease + leaseMs), now.epoch, now.wall, now.wall, seq);
      const row = db.sql<TaskRow>(TAKEN).get(seq) as TaskRow;
      forgetAttempts(db, seq, row.fencing);
      return { task: toTaskRecord(row), lease: { taskId: row.id, owner, fencing: row.fencing } };
    },

    owners: () =>
      db
        .sql<{ owner: string }>("SELECT DISTINCT owner FROM tasks INDEXED BY tasks_leased WHERE status = 'processing'")
        .all()
        .map((row) => row.owner)
        .sort(),

    waiting: (now) => (db.sql<{ n: number }>(WAITING).get(now.wall) as { n: number }).n,

    rescue: (now, owners) => lose(now, OWNED, { owners: JSON.stringify(owners) }),

    heartbeat(now, lease, leaseMs) {
      checkedDuration('leaseMs', leaseMs);
      db.sql(EXTEND).run(Math.ceil(now.lease + leaseMs), now.epoch, leasedTask(db, lease).seq);
    },

    release(now, lease) {
      const { seq } = leasedTask(db, lease);
      endAttempts(db, now, 'seq = @seq', { seq }, 'released');
      db.sql(HAND_BACK).run(now.wall, seq);
    },
  };
}

function toCandidate(row: QueueRow): Candidate & { readonly seq: number } {
  return {
    seq: row.seq,
    priority: row.priority,
    createdAt: row.created_at,
    models: [row.stt_model, row.mt_model],
  };
}
