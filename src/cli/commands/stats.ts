import type { StoreStats } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { EXIT_OK } from '../exit-codes.js';
import { printFacts, printRows } from '../table.js';
import { formatCount, formatDuration, parseSince } from '../units.js';

/** `voicelingua stats`: numbers over the tasks of the store. */
export async function stats(context: Context): Promise<number> {
  const { io, ui, flags } = context;
  const since = sinceOption(flags.since);
  const numbers = await withLibrary(context, (lingua) => lingua.stats(since === undefined ? {} : { since }));
  const { tasks, completed, failures, retries, crashes, losses, memory } = numbers;
  ui.record({ type: 'stats', since: since ?? null, ...record(numbers) });
  const { byStatus, byType } = tasks;
  ui.record({
    type: 'summary',
    total: tasks.total,
    completed: byStatus.completed,
    failed: byStatus.failed,
    cancelled: byStatus.cancelled,
  });
  if (ui.json) return EXIT_OK;
  const spread = (of: StoreStats['completed']['processing']): string | null =>
    of === null
      ? null
      : `median ${formatDuration(of.p50)}, 95th percentile ${formatDuration(of.p95)}, longest ${formatDuration(of.max)}`;
  const factor = completed.realTimeFactor;
  const speed = factor === null || factor === 0 ? '' : ` (${(1 / factor).toFixed(1)}x real time)`;
  printFacts(ui, [
    ['tasks', `${formatCount(tasks.total)}: ${formatCount(byType.audio)} audio, ${formatCount(byType.text)} text`],
    [
      'by state',
      Object.entries(byStatus)
        .map(([state, count]) => `${formatCount(count)} ${state}`)
        .join(', '),
    ],
    ['audio done', formatDuration(completed.audioSeconds)],
    ['work', formatDuration(completed.processingSeconds)],
    ['real-time factor', factor === null ? null : `${factor.toFixed(3)}${speed}`],
    ['work on a task', spread(completed.processing)],
    ['submit to end', spread(completed.turnaround)],
    [
      'attempts again',
      `${formatCount(retries)} retries, ${formatCount(crashes)} crashes, ${formatCount(losses)} lost owners`,
    ],
    [
      'translation memory',
      `${formatCount(memory.entries)} translations, used again ${formatCount(memory.reused)} times`,
    ],
  ]);
  if (failures.length > 0) ui.result('');
  const rows = failures.map(({ code, tasks: failed }) => [code, formatCount(failed)]);
  await printRows(io, ui, ['failed with', 'tasks'], rows);
  return EXIT_OK;
}

function record({ tasks, completed, failures, retries, crashes, losses, memory }: StoreStats) {
  return {
    tasks: tasks.total,
    by_status: tasks.byStatus,
    by_type: tasks.byType,
    processing_seconds: completed.processingSeconds,
    audio_seconds: completed.audioSeconds,
    real_time_factor: completed.realTimeFactor,
    processing: completed.processing,
    turnaround: completed.turnaround,
    failures,
    retries,
    crashes,
    losses,
    memory,
  };
}

function sinceOption(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const since = parseSince(String(value), Date.now());
  if (since === null) {
    throw usageError(
      `--since needs a duration (24h, 7d), a day (2026-01-31) or an ISO 8601 time; got ${JSON.stringify(value)}.`,
    );
  }
  return since.toISOString();
}
