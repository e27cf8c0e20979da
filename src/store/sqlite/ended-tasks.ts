import type { TaskRecord } from '../../domain/task.js';
import { endedStatuses, type Page } from '../rules.js';
import type { TaskFilter } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import { type FullTaskRow, selectFull } from './rows.js';
import { recordsOf } from './task-rows.js';

/** The page is chosen in the index alone: what an offset skips is not read. */
const PAGE = `(
  SELECT seq, ending FROM tasks INDEXED BY tasks_ended
  WHERE ending IS NOT NULL AND status IN (SELECT value FROM json_each(@statuses)) AND (@type IS NULL OR type = @type)
  ORDER BY ending DESC LIMIT @limit + 0 OFFSET @offset + 0) AS page`;

const BY_END = `${selectFull(`${PAGE} CROSS JOIN tasks AS t ON t.seq = page.seq`)} ORDER BY page.ending DESC`;

/** Tasks by their end, the last ended first. */
export function listByEnd(db: StoreDatabase, filter: TaskFilter, page: Page): TaskRecord[] {
  const rows = db.sql<FullTaskRow>(BY_END).all({
    statuses: JSON.stringify(endedStatuses(filter.status)),
    type: filter.type ?? null,
    limit: page.limit ?? -1,
    offset: page.offset,
  });
  return recordsOf(rows);
}
