import { TASK_STATUSES, type TaskStatus, type TaskType } from '../../domain/task.js';
import { byFrequency, type CompletedTask, completedStats, milliseconds, RECENT_TASKS } from '../statistics.js';
import type { MemoryStats, StoreStats } from '../task-store.js';
import type { StoredTask } from './stored-task.js';

export function statsOf(tasks: readonly StoredTask[], memory: MemoryStats): StoreStats {
  const byStatus = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<TaskStatus, number>;
  const byType: Record<TaskType, number> = { audio: 0, text: 0 };
  const codes = new Map<string, number>();
  const counted = { retries: 0, crashes: 0, losses: 0 };
  for (const { record } of tasks) {
    byStatus[record.status] += 1;
    byType[record.type] += 1;
    counted.retries += record.retries;
    counted.crashes += record.crashes;
    counted.losses += record.losses;
    const code = record.status === 'failed' ? record.error?.code : undefined;
    if (code !== undefined) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return {
    tasks: { total: tasks.length, byStatus, byType },
    completed: completedOf(tasks.filter(({ record }) => record.status === 'completed')),
    failures: byFrequency(codes),
    ...counted,
    memory,
  };
}

function completedOf(tasks: readonly StoredTask[]): StoreStats['completed'] {
  const sums = { processing: 0, audioProcessing: 0, audio: 0 };
  for (const { record } of tasks) {
    const processing = milliseconds(record.processingTime);
    sums.processing += processing;
    if (record.type !== 'audio') continue;
    sums.audioProcessing += processing;
    sums.audio += milliseconds(record.audioDuration ?? 0);
  }
  const recent = [...tasks]
    .sort((a, b) => (b.ending ?? 0) - (a.ending ?? 0))
    .slice(0, RECENT_TASKS)
    .map(
      ({ record, createdAt, updatedAt }): CompletedTask => ({
        processing: record.processingTime,
        turnaround: (updatedAt - createdAt) / 1000,
      }),
    );
  return completedStats(sums, recent);
}
