import type { TaskRecord, TaskStatus } from '../../domain/task.js';
import { cannotRetry, workSubmittedAgain } from '../failures.js';
import { checkedPage, checkedText, isEnded, type Page, statusesOf } from '../rules.js';
import type { TaskFilter } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import { listByEnd } from './ended-tasks.js';
import type { StoreOperations } from './protocol.js';
import { type FullTaskRow, selectFull, toTaskRecord } from './rows.js';
import { endAttempt, endTask, findRow, makePending, recordsOf, rowOf } from './task-rows.js';

/** log2 of the neighbours that `task_blocks` counts together; the schema's triggers say the same. */
export const BLOCK_BITS = 10;

/** Blocks that are first counted together on the way to an offset: about the square root of their number in a large store. */
const BLOCKS_OF_SPAN = 32;

const COUNT_BLOCKS = `
  SELECT COALESCE(SUM(tasks), 0) AS n FROM task_blocks
  WHERE block BETWEEN @from AND @to AND (@type IS NULL OR type = @type)
    AND (@statuses IS NULL OR status IN (SELECT value FROM json_each(@statuses)))`;

const ACTIVE_OF_SAME_KEY = `
  SELECT other.id FROM tasks AS t JOIN tasks AS other ON other.idempotency_key = t.idempotency_key
  WHERE t.id = ? AND other.status NOT IN ('failed', 'cancelled')`;

interface Condition {
  readonly where: string;
  readonly values: readonly unknown[];
}

/** Conditions on `tasks`; lists travel as JSON so that one statement serves every length. */
function conditionOf(filter: TaskFilter, statuses: readonly TaskStatus[] | null): Condition {
  if (filter.textId !== undefined) checkedText('textId', filter.textId);
  const parts: string[] = [];
  const values: unknown[] = [];
  const add = (part: string, value: unknown): void => {
    parts.push(part);
    values.push(value);
  };
  if (filter.ids !== undefined) add('t.id IN (SELECT value FROM json_each(?))', JSON.stringify(filter.ids));
  if (filter.textId !== undefined) add('t.text_id = ?', filter.textId);
  if (filter.type !== undefined) add('t.type = ?', filter.type);
  if (statuses !== null) add('t.status IN (SELECT value FROM json_each(?))', JSON.stringify(statuses));
  return { where: parts.length === 0 ? 'TRUE' : parts.join(' AND '), values };
}

export function tasks(db: StoreDatabase): Pick<StoreOperations, 'get' | 'list' | 'count' | 'cancel' | 'retry'> {
  /** Matching tasks in a span of blocks, both ends included. */
  function countIn(from: number, to: number, filter: TaskFilter, statuses: readonly TaskStatus[] | null): number {
    const row = db.sql<{ n: number }>(COUNT_BLOCKS).get({
      from,
      to,
      type: filter.type ?? null,
      statuses: statuses === null ? null : JSON.stringify(statuses),
    });
    return (row as { n: number }).n;
  }

  /** Blocks with matching tasks in the order asked for; whole spans before the offset are skipped by their count. */
  function* blocks(
    filter: TaskFilter,
    statuses: readonly TaskStatus[] | null,
    direction: 'ASC' | 'DESC',
    offset: number,
  ): Generator<{ readonly block: number; readonly skip: number }> {
    const newest = db.sql<{ block: number | null }>('SELECT MAX(block) AS block FROM task_blocks').get()?.block ?? -1;
    const spans = Math.floor(newest / BLOCKS_OF_SPAN);
    const at = (last: number, index: number): number => (direction === 'ASC' ? index : last - index);
    let skip = offset;
    for (let index = 0; index <= spans; index += 1) {
      const first = at(spans, index) * BLOCKS_OF_SPAN;
      const inSpan = countIn(first, first + BLOCKS_OF_SPAN - 1, filter, statuses);
      if (skip >= inSpan) {
        skip -= inSpan;
        continue;
      }
      for (let step = 0; step < BLOCKS_OF_SPAN; step += 1) {
        const block = first + at(BLOCKS_OF_SPAN - 1, step);
        const inBlock = countIn(block, block, filter, statuses);
        if (skip >= inBlock) {
          skip -= inBlock;
          continue;
        }
        yield { block, skip };
        skip = 0;
      }
    }
  }

  /** Few tasks match: all of them are found by an index and put in order. */
  function listFew(condition: Condition, order: string, page: Page): TaskRecord[] {
    const rows = db
      .sql<FullTaskRow>(`${selectFull()} WHERE ${condition.where} ORDER BY ${order} LIMIT ? + 0 OFFSET ? + 0`)
      .all(...condition.values, page.limit ?? -1, page.offset);
    return recordsOf(rows);
  }

  function listByBlocks(
    filter: TaskFilter,
    statuses: readonly TaskStatus[] | null,
    direction: 'ASC' | 'DESC',
    page: Page,
  ): TaskRecord[] {
    const condition = conditionOf(filter, statuses);
    const found: TaskRecord[] = [];
    if (page.limit === 0) return found;
    for (const { block, skip } of blocks(filter, statuses, direction, page.offset)) {
      const wanted = page.limit === null ? -1 : page.limit - found.length;
      const rows = db
        .sql<FullTaskRow>(
          `${selectFull()} WHERE t.seq BETWEEN ? AND ? AND ${condition.where} ORDER BY t.seq ${direction} LIMIT ? + 0 OFFSET ? + 0`,
        )
        .all(block * 2 ** BLOCK_BITS, (block + 1) * 2 ** BLOCK_BITS - 1, ...condition.values, wanted, skip);
      found.push(...recordsOf(rows));
      if (found.length === page.limit) break;
    }
    return found;
  }

  return {
    get(_now, taskId) {
      const row = findRow(db, taskId);
      return row === null ? null : toTaskRecord(row);
    },

    list(_now, filter = {}) {
      const page = checkedPage(filter);
      const statuses = statusesOf(filter);
      const direction = filter.order === 'oldest' ? 'ASC' : 'DESC';
      if (filter.ids !== undefined || filter.textId !== undefined) {
        const order = filter.order === 'ended' ? 't.ending DESC' : `t.seq ${direction}`;
        return listFew(conditionOf(filter, statuses), order, page);
      }
      return filter.order === 'ended' ? listByEnd(db, filter, page) : listByBlocks(filter, statuses, direction, page);
    },

    count(_now, filter = {}) {
      const statuses = statusesOf(filter);
      if (filter.ids === undefined && filter.textId === undefined) {
        return countIn(0, Number.MAX_SAFE_INTEGER, filter, statuses);
      }
      const { where, values } = conditionOf(filter, statuses);
      const row = db.sql<{ n: number }>(`SELECT COUNT(*) AS n FROM tasks AS t WHERE ${where}`).get(...values);
      return (row as { n: number }).n;
    },

    cancel(now, taskId) {
      const row = rowOf(db, taskId);
      if (isEnded(row.status)) return toTaskRecord(row);
      endAttempt(db, now, row, 'cancelled');
      return toTaskRecord(endTask(db, now, row, { status: 'cancelled' }));
    },

    retry(now, taskId) {
      const row = rowOf(db, taskId);
      if (row.status !== 'failed' && row.status !== 'cancelled') throw cannotRetry(taskId, row.status);
      const other = db.sql<{ id: string }>(ACTIVE_OF_SAME_KEY).get(taskId);
      if (other !== undefined) throw workSubmittedAgain(taskId, other.id);
      const reset = { attempts: 0, retries: 0, crashes: 0, losses: 0, error: null };
      return toTaskRecord(makePending(db, now, row, reset));
    },
  };
}
