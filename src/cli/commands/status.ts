import type { TaskRecord } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { EXIT_OK } from '../exit-codes.js';
import { displayName } from '../io.js';
import { printFacts, printRows } from '../table.js';
import { taskRecord } from '../task-record.js';
import { formatBytes, formatCount, formatDuration, formatOwner, formatPercent } from '../units.js';

const HEAD = ['in work', 'progress', 'for', 'audio', 'attempt', 'owner', 'text id'];

/** `voicelingua status`: what happens in the store now. */
export async function status(context: Context): Promise<number> {
  const { io, ui } = context;
  const now = await withLibrary(context, (lingua) => lingua.status());
  const { counts, active, waiting, memory } = now;
  ui.record({ type: 'status', store: now.store, counts, active: active.length, waiting, memory });
  for (const task of active) ui.record(taskRecord(task));
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { completed, failed, cancelled } = counts;
  ui.record({ type: 'summary', total, completed, failed, cancelled });
  if (ui.json) return EXIT_OK;
  const retries = waiting === 0 ? '' : ` (${formatCount(waiting)} of them wait for a retry)`;
  printFacts(ui, [
    ['store', displayName(now.store)],
    ['pending', formatCount(counts.pending) + retries],
    ['processing', formatCount(counts.processing)],
    ['completed', formatCount(completed)],
    ['failed', formatCount(failed)],
    ['cancelled', formatCount(cancelled)],
    [
      'memory',
      `${formatPercent(memory.used)} in use, ${formatBytes(memory.available)} of ${formatBytes(memory.total)} free (${memory.limit})`,
    ],
  ]);
  if (active.length > 0) ui.result('');
  await printRows(io, ui, HEAD, active.map(row));
  return EXIT_OK;
}

function row(task: TaskRecord): string[] {
  const since = task.startedAt === null ? null : (Date.now() - Date.parse(task.startedAt)) / 1000;
  return [
    task.id,
    formatPercent(task.progress),
    since === null ? '' : formatDuration(Math.max(0, since)),
    task.audioDuration === null ? '' : formatDuration(task.audioDuration),
    String(task.attempts),
    displayName(formatOwner(task.owner ?? '')),
    displayName(task.textId),
  ];
}
