import type { TaskRecord } from '../../domain/task.js';
import { endedStatuses, type Page } from '../rules.js';
import type { TaskFilter } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from './rows.js';

/** Number of the end that is being written. */
export const NEXT_ENDING = '(SELECT COALESCE(MAX(ending), 0) + 1 FROM tasks WHERE ending IS NOT NULL)';

/** The page is chosen in the index alone: what an offset skips is not read. */
const BY_END = `
  SELECT ${TASK_COLUMNS} FROM (
    SELECT seq, ending FROM tasks INDEXED BY tasks_ended
    WHERE ending IS NOT NULL AND status IN (SELECT value FROM json_each(@statuses)) AND (@type IS NULL OR type = @type)
    ORDER BY ending DESC LIMIT @limit OFFSET @offset) AS page
  JOIN tasks AS t ON t.seq = page.seq JOIN task_inputs AS i ON i.task_seq = t.seq
  ORDER BY page.ending DESC`;

/** Tasks by their end, the last ended first. */
export function listByEnd(db: StoreDatabase, filter: TaskFilter, page: Page): TaskRecord[] {
  return db
    .sql<TaskRow>(BY_END)
    .all({
      statuses: JSON.stringify(endedStatuses(filter.status)),
      type: filter.type ?? null,
      limit: page.limit ?? -1,
      offset: page.offset,
    })
    .map(toTaskRecord);
}
