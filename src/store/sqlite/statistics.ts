import { TASK_STATUSES, type TaskStatus, type TaskType } from '../../domain/task.js';
import {
  byFrequency,
  type CompletedTask,
  checkedSince,
  completedStats,
  LONGEST_MS,
  RECENT_TASKS,
} from '../statistics.js';
import type { StoreStats } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import type { MemoryUses } from './memory-uses.js';
import type { StoreOperations } from './protocol.js';
import { memoryStats } from './translation-memory.js';

interface Count {
  readonly status: TaskStatus;
  readonly type: TaskType;
  readonly tasks: number;
  readonly processing_ms: number;
  readonly audio_ms: number;
}

/** Blocks whose tasks were all created in time count as they are; only those that hold the border are read task by task. */
const COUNTS = `
  SELECT status, type, SUM(tasks) AS tasks, SUM(processing_ms) AS processing_ms, SUM(audio_ms) AS audio_ms FROM (
    SELECT status, type, tasks, processing_ms, audio_ms FROM task_blocks WHERE @since IS NULL OR earliest >= @since
    UNION ALL
    SELECT t.status, t.type, 1, iif(t.status = 'completed', CAST(min(${LONGEST_MS}, round(t.processing_time * 1000)) AS INTEGER), 0),
      iif(t.status = 'completed', CAST(min(${LONGEST_MS}, round(COALESCE(t.audio_duration, 0) * 1000)) AS INTEGER), 0)
    FROM task_blocks AS b CROSS JOIN tasks AS t NOT INDEXED ON t.seq BETWEEN b.block << 10 AND (b.block << 10) + 1023
    WHERE b.earliest < @since AND b.latest >= @since AND t.created_at >= @since
      AND t.status = b.status AND t.type = b.type)
  GROUP BY status, type`;

/** The newest ends come first, so that no more are looked at than there are completed tasks to find, or little more. */
const RECENT = `
  SELECT processing_time AS processing, (updated_at - created_at) / 1000.0 AS turnaround
  FROM tasks INDEXED BY tasks_ended
  WHERE ending IS NOT NULL AND status = 'completed' AND (@since IS NULL OR created_at >= @since)
  ORDER BY ending DESC LIMIT @limit + 0`;

const FAILURES = `
  SELECT error ->> '$.code' AS code, COUNT(*) AS tasks FROM tasks INDEXED BY tasks_failed
  WHERE status = 'failed' AND created_at >= @since GROUP BY error ->> '$.code'`;

const TROUBLES = `
  SELECT COALESCE(SUM(retries), 0) AS retries, COALESCE(SUM(crashes), 0) AS crashes, COALESCE(SUM(losses), 0) AS losses
  FROM tasks INDEXED BY tasks_troubled WHERE retries + crashes + losses > 0 AND created_at >= @since`;

type Troubles = Pick<StoreStats, 'retries' | 'crashes' | 'losses'>;

export function statistics(db: StoreDatabase, uses: MemoryUses): Pick<StoreOperations, 'stats'> {
  return {
    stats(_now, filter = {}) {
      const since = checkedSince(filter);
      const counts = db.sql<Count>(COUNTS).all({ since });
      const from = { since: since ?? Number.MIN_SAFE_INTEGER };
      const sum = (matches: (count: Count) => boolean, field: 'tasks' | 'processing_ms' | 'audio_ms'): number =>
        counts.reduce((total, count) => (matches(count) ? total + count[field] : total), 0);
      const byStatus = Object.fromEntries(
        TASK_STATUSES.map((status) => [status, sum((count) => count.status === status, 'tasks')]),
      ) as Record<TaskStatus, number>;
      const limit = Math.min(byStatus.completed, RECENT_TASKS);
      const recent = db.sql<CompletedTask>(RECENT).all({ since, limit });
      return {
        tasks: {
          total: sum(() => true, 'tasks'),
          byStatus,
          byType: {
            audio: sum((count) => count.type === 'audio', 'tasks'),
            text: sum((count) => count.type === 'text', 'tasks'),
          },
        },
        completed: completedStats(
          {
            processing: sum(() => true, 'processing_ms'),
            audioProcessing: sum((count) => count.type === 'audio', 'processing_ms'),
            audio: sum((count) => count.type === 'audio', 'audio_ms'),
          },
          recent,
        ),
        failures: byFrequency(
          db
            .sql<{ code: string | null; tasks: number }>(FAILURES)
            .all(from)
            .map(({ code, tasks }) => [code ?? 'INTERNAL', tasks] as const),
        ),
        ...(db.sql<Troubles>(TROUBLES).get(from) as Troubles),
        memory: memoryStats(db, uses),
      };
    },
  };
}
