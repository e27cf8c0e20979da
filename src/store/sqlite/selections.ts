import type { TaskRecord } from '../../domain/task.js';
import { checkedCount, checkedId } from '../rules.js';
import type { SettledTask } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { type FullTaskRow, selectFull, sound, toTaskRecord } from './rows.js';

/**
 * Selections are temporary tables: the connection's own, in memory, and rolled back with a call that fails.
 * A member is known by the row and the id of its task, since a row number is used again after a deletion; an id that was unknown
 * has no row. Its `state` is 0 while the task may still move, 1 once it has ended or is gone, 2 when that was told.
 * `ending` and `undone` of a selection say up to where the ends of tasks were followed (see the schema's `undone_endings`), so
 * that a look at what has settled costs what has ended meanwhile and not what was selected.
 */
const TABLES = `
  CREATE TEMP TABLE IF NOT EXISTS selections (
    name TEXT PRIMARY KEY,
    ending INTEGER NOT NULL,
    undone INTEGER NOT NULL,
    open INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TEMP TABLE IF NOT EXISTS selected (
    position INTEGER PRIMARY KEY,
    selection TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER,
    rank INTEGER,
    state INTEGER NOT NULL,
    UNIQUE (selection, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS temp.selected_queue ON selected (selection, rank, seq) WHERE state = 0;
  CREATE INDEX IF NOT EXISTS temp.selected_ended ON selected (selection) WHERE state = 1;`;

/** Members whose tasks may still move, in the order of claims. */
export const MEMBERS = 'temp.selected AS s INDEXED BY selected_queue';

const FOLLOWED = 'SELECT ending, undone FROM temp.selections WHERE name = ?';

const LATEST = `
  SELECT (SELECT COALESCE(MAX(ending), 0) FROM tasks WHERE ending IS NOT NULL) AS ending,
    (SELECT times FROM undone_endings) AS undone`;

const FOLLOW = 'UPDATE temp.selections SET ending = ?, undone = ? WHERE name = ?';

const MARK_ENDED = `
  UPDATE temp.selected SET state = 1
  WHERE selection = ? AND state = 0 AND id IN (SELECT id FROM tasks WHERE ending > ?)`;

const LOOK_AGAIN = `
  UPDATE temp.selected SET state = NOT EXISTS (
    SELECT 1 FROM tasks AS t WHERE t.seq = selected.seq AND t.id = selected.id AND t.ending IS NULL)
  WHERE selection = ? AND state < 2`;

const CREATE = `
  INSERT OR IGNORE INTO temp.selections (name, ending, undone, open) SELECT ?, ending, undone, 0 FROM (${LATEST})`;

const ADD = `
  INSERT OR IGNORE INTO temp.selected (selection, id, seq, rank, state)
  SELECT @selection, wanted.value, t.seq, t.rank, t.seq IS NULL OR t.ending IS NOT NULL
  FROM json_each(@ids) AS wanted LEFT JOIN tasks AS t ON t.id = wanted.value`;

const UNTOLD = `
  SELECT position, id, seq FROM temp.selected INDEXED BY selected_ended
  WHERE selection = ? AND state = 1 ORDER BY position LIMIT ? + 0`;

const MEMBER = `${selectFull()} WHERE t.seq = ? AND t.id = ?`;

interface Followed {
  readonly ending: number;
  readonly undone: number;
}

/** Brings the states of a selection's members up to date; nothing when there is no such selection. */
export function refreshSelection(db: StoreDatabase, selection: string): void {
  const followed = db.sql<Followed>(FOLLOWED).get(selection);
  if (followed === undefined) return;
  const latest = db.sql<Followed>(LATEST).get() as Followed;
  if (latest.undone !== followed.undone) db.sql(LOOK_AGAIN).run(selection);
  else if (latest.ending > followed.ending) db.sql(MARK_ENDED).run(selection, followed.ending);
  else return;
  db.sql(FOLLOW).run(latest.ending, latest.undone, selection);
}

export function selections(db: StoreDatabase): Pick<StoreOperations, 'select' | 'settled' | 'deselect'> {
  db.connection.exec(TABLES);

  function taskOf(seq: number | null, id: string): TaskRecord | null {
    const row = seq === null ? undefined : db.sql<FullTaskRow>(MEMBER).get(seq, id);
    return row === undefined ? null : toTaskRecord(sound(row));
  }

  function countOpen(selection: string, change: number): number {
    db.sql('UPDATE temp.selections SET open = open + ? WHERE name = ?').run(change, selection);
    return db.sql<{ open: number }>('SELECT open FROM temp.selections WHERE name = ?').get(selection)?.open ?? 0;
  }

  return {
    select(_now, selection, ids) {
      checkedId('selection', selection);
      db.sql(CREATE).run(selection);
      countOpen(selection, db.sql(ADD).run({ selection, ids: JSON.stringify(ids) }).changes);
    },

    settled(_now, selection, limit) {
      checkedId('selection', selection);
      checkedCount('limit', limit);
      refreshSelection(db, selection);
      const members = db.sql<{ position: number; id: string; seq: number | null }>(UNTOLD).all(selection, limit);
      const tasks = members.map(({ position, id, seq }): SettledTask => {
        db.sql('UPDATE temp.selected SET state = 2 WHERE position = ?').run(position);
        return { id, task: taskOf(seq, id) };
      });
      return { tasks, open: countOpen(selection, -tasks.length) };
    },

    deselect(_now, selection) {
      checkedId('selection', selection);
      db.sql('DELETE FROM temp.selected WHERE selection = ?').run(selection);
      db.sql('DELETE FROM temp.selections WHERE name = ?').run(selection);
    },
  };
}
