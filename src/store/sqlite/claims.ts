import { type Candidate, FRONT, goesFirst, preferred } from '../claim-order.js';
import type { Instant } from '../clock.js';
import { type CheckedClaim, checkedClaim, checkedDuration } from '../rules.js';
import type { ClaimedTask } from '../task-store.js';
import { forgetAttempts } from './attempts.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { type FullTaskRow, SELECT_TASK, selectFull, sound, type TaskRow, toTaskRecord } from './rows.js';
import { MEMBERS, refreshSelection } from './selections.js';
import { endAttempt, leasedRow, leasedTask, loseTask, makePending, writeRow } from './task-rows.js';

/** Leases that are over: overdue, or of another boot. */
const OVERDUE = `${SELECT_TASK} WHERE t.status = 'processing'
  AND ((t.lease_epoch = @epoch AND t.lease_until <= @lease) OR t.lease_epoch < @epoch OR t.lease_epoch > @epoch)`;

/** Each part is one look into the index of leases, which the disjunction as a whole would walk through. */
const ANY_OVERDUE = `
  SELECT EXISTS (SELECT 1 FROM tasks WHERE status = 'processing' AND lease_epoch = @epoch AND lease_until <= @lease)
    OR EXISTS (SELECT 1 FROM tasks WHERE status = 'processing' AND lease_epoch < @epoch)
    OR EXISTS (SELECT 1 FROM tasks WHERE status = 'processing' AND lease_epoch > @epoch) AS found`;

const OWNED = `${SELECT_TASK} WHERE t.status = 'processing' AND t.owner IN (SELECT value FROM json_each(?))`;

const WAKE = `UPDATE tasks SET not_before = NULL WHERE status = 'pending' AND not_before <= ?`;

const WAITING = `SELECT COUNT(*) AS n FROM tasks WHERE status = 'pending' AND not_before > ?`;

const EXTEND = 'UPDATE tasks SET lease_until = ?, lease_epoch = ? WHERE seq = ?';

/** Tasks that a claim may take, in order. Members of a selection are walked from its side, so that nobody else's queue is. */
function queueSql({ ids, selection, type }: CheckedClaim): string {
  const from =
    selection !== null
      ? `${MEMBERS} CROSS JOIN tasks AS t ON t.seq = s.seq AND t.id = s.id`
      : ids !== null
        ? 'json_each(@ids) AS wanted CROSS JOIN tasks AS t ON t.id = wanted.value'
        : 'tasks AS t INDEXED BY tasks_claimable';
  const among =
    selection === null
      ? ''
      : `AND s.selection = @selection AND s.state = 0 ${ids === null ? '' : 'AND t.id IN (SELECT value FROM json_each(@ids))'}`;
  return `${selectFull(from)}
    WHERE t.status = 'pending' AND t.not_before IS NULL AND COALESCE(t.cost, 0) <= @maxCost
      ${type === null ? '' : 'AND t.type = @type'} ${among}
    ORDER BY ${selection === null ? 't.rank, t.seq' : 's.rank, s.seq'} LIMIT @limit + 0`;
}

export function claims(
  db: StoreDatabase,
): Pick<StoreOperations, 'claim' | 'heartbeat' | 'release' | 'owners' | 'waiting' | 'rescue'> {
  function lose(now: Instant, rows: readonly TaskRow[]): number {
    for (const row of rows) loseTask(db, now, sound(row));
    return rows.length;
  }

  function best(asked: CheckedClaim, now: Instant): FullTaskRow | undefined {
    const { ids, selection, maxCost, type, preferModels } = asked;
    if (selection !== null) refreshSelection(db, selection);
    const queue = db.sql<FullTaskRow>(queueSql(asked));
    const values = {
      maxCost: maxCost ?? Number.MAX_VALUE,
      ...(ids === null ? {} : { ids: JSON.stringify([...new Set(ids)]) }),
      ...(selection === null ? {} : { selection }),
      ...(type === null ? {} : { type }),
    };
    const first = queue.get({ ...values, limit: 1 });
    if (first === undefined || preferModels === null) return first;
    if (goesFirst(toCandidate(first), preferModels, now.wall)) return first;
    return preferred(queue.all({ ...values, limit: FRONT }).map(toCandidate), preferModels)?.row;
  }

  return {
    claim(now, owner, leaseMs, options = {}): ClaimedTask | null {
      const asked = checkedClaim(owner, leaseMs, options);
      const leases = { epoch: now.epoch, lease: now.lease };
      if (db.sql<{ found: number }>(ANY_OVERDUE).get(leases)?.found === 1) {
        lose(now, db.sql<TaskRow>(OVERDUE).all(leases));
      }
      db.sql(WAKE).run(now.wall);
      const found = best(asked, now);
      if (found === undefined) return null;
      const row = writeRow(db, sound(found), {
        status: 'processing',
        owner,
        lease_until: Math.ceil(now.lease + leaseMs),
        lease_epoch: now.epoch,
        fencing: found.fencing + 1,
        attempts: found.attempts + 1,
        started_at: now.wall,
        updated_at: now.wall,
      });
      forgetAttempts(db, row);
      return { task: toTaskRecord(row), lease: { taskId: row.id, owner, fencing: row.fencing } };
    },

    owners: () =>
      db
        .sql<{ owner: string }>("SELECT DISTINCT owner FROM tasks INDEXED BY tasks_leased WHERE status = 'processing'")
        .all()
        .map((row) => row.owner)
        .sort(),

    waiting: (now) => (db.sql<{ n: number }>(WAITING).get(now.wall) as { n: number }).n,

    rescue: (now, owners) => lose(now, db.sql<TaskRow>(OWNED).all(JSON.stringify(owners))),

    heartbeat(now, lease, leaseMs) {
      checkedDuration('leaseMs', leaseMs);
      db.sql(EXTEND).run(Math.ceil(now.lease + leaseMs), now.epoch, leasedTask(db, lease).seq);
    },

    release(now, lease) {
      const row = leasedRow(db, lease);
      endAttempt(db, now, row, 'released');
      makePending(db, now, row, { attempts: row.attempts - 1 });
    },
  };
}

function toCandidate(row: FullTaskRow): Candidate & { readonly row: FullTaskRow } {
  return { row, priority: row.priority, createdAt: row.created_at, models: [row.stt_model, row.mt_model] };
}
