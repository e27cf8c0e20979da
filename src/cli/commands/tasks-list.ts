import type { TaskRecord } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { EXIT_OK } from '../exit-codes.js';
import { defined, displayName } from '../io.js';
import { printRows } from '../table.js';
import { taskRecord } from '../task-record.js';
import { formatDuration, formatTime } from '../units.js';
import { filterOptions, orderOption, statusesOption } from './filter.js';
import { taskPages } from './task-pages.js';

/** A table needs all its rows before the first is printed, and nobody reads more. */
const TERMINAL_ROWS = 100;
const HEAD = ['task', 'status', 'type', 'text id', 'languages', 'created', 'error'];

/** `voicelingua tasks list`: tasks, newest first, one a line; a table on a terminal. */
export async function list(context: Context): Promise<number> {
  const { io, ui, settings, flags, signal } = context;
  const terminal = io.stdout.isTTY === true && !ui.json;
  const { type, limit, offset } = filterOptions({ ...flags, status: undefined });
  const filter = defined({
    status: statusesOption(flags, ['pending', 'processing', 'completed', 'failed', 'cancelled']),
    type,
    limit: limit ?? (terminal ? TERMINAL_ROWS : undefined),
    offset,
    textId: settings.textId,
    order: orderOption(flags),
  });
  const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
  await withLibrary(context, async (lingua) => {
    for await (const tasks of taskPages(lingua, filter)) {
      signal.throwIfAborted();
      for (const task of tasks) {
        ui.record(taskRecord(task));
        counts.total += 1;
        if (task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled')
          counts[task.status] += 1;
      }
      await printRows(
        io,
        ui,
        HEAD,
        tasks.map((task) => row(task, terminal)),
      );
    }
  });
  ui.record({ type: 'summary', ...counts });
  if (counts.total === 0 && !ui.json) ui.message('no tasks');
  if (terminal && limit === undefined && counts.total === TERMINAL_ROWS) {
    ui.message(`the first ${TERMINAL_ROWS}; --limit and --offset show more`);
  }
  return EXIT_OK;
}

function row(task: TaskRecord, terminal: boolean): string[] {
  const wait = task.notBefore === null ? 0 : (Date.parse(task.notBefore) - Date.now()) / 1000;
  const status =
    task.status === 'pending' && wait > 0 && terminal ? `pending, retry in ${formatDuration(wait)}` : task.status;
  return [
    task.id,
    status,
    task.type,
    displayName(task.textId),
    task.languages.join(','),
    terminal ? formatTime(task.createdAt) : task.createdAt,
    displayName(task.error?.message ?? ''),
  ];
}
