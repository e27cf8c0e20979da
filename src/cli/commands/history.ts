import type { TaskRecord } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { EXIT_OK } from '../exit-codes.js';
import { defined, displayName } from '../io.js';
import { printRows } from '../table.js';
import { realTimeFactor, secondsBetween, taskRecord } from '../task-record.js';
import { formatDuration, formatTime } from '../units.js';
import { ENDED, filterOptions, statusesOption } from './filter.js';
import { taskPages } from './task-pages.js';

const LIMIT = 20;
const HEAD = ['ended', 'status', 'work', 'total', 'audio', 'RTF', 'error', 'text id', 'task'];

/** `voicelingua history`: ended tasks, the last ended first. */
export async function history(context: Context): Promise<number> {
  const { io, ui, settings, flags } = context;
  const { type, limit = LIMIT, offset } = filterOptions({ ...flags, status: undefined });
  const filter = defined({
    status: statusesOption(flags, ENDED),
    type,
    limit,
    offset,
    textId: settings.textId,
    order: 'ended' as const,
  });
  const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
  await withLibrary(context, async (lingua) => {
    for await (const tasks of taskPages(lingua, filter)) {
      for (const task of tasks) {
        ui.record({
          ...taskRecord(task),
          real_time_factor: realTimeFactor(task),
          total_time: secondsBetween(task.createdAt, task.completedAt),
        });
        counts.total += 1;
        if (task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled') {
          counts[task.status] += 1;
        }
      }
      await printRows(io, ui, HEAD, tasks.map(row));
    }
  });
  ui.record({ type: 'summary', ...counts });
  if (counts.total === 0 && !ui.json) ui.message('no ended tasks');
  return EXIT_OK;
}

function row(task: TaskRecord): string[] {
  const rtf = realTimeFactor(task);
  const total = secondsBetween(task.createdAt, task.completedAt);
  return [
    task.completedAt === null ? '' : formatTime(task.completedAt),
    task.status,
    formatDuration(task.processingTime),
    total === null ? '' : formatDuration(total),
    task.audioDuration === null ? '' : formatDuration(task.audioDuration),
    rtf === null ? '' : rtf.toFixed(3),
    task.error?.code ?? '',
    displayName(task.textId),
    task.id,
  ];
}
