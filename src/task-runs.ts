import type { RunOptions, RunSummary } from './api-types.js';
import { toVoiceLinguaError, VoiceLinguaError } from './domain/errors.js';
import type { EventHub } from './pipeline/events.js';
import type { Scheduler } from './pipeline/scheduler.js';
import type { TaskStore } from './store/task-store.js';

const PAGE = 1000;

/** Works tasks off and counts how they ended; those stopped with the call are in no count but `total`. */
export async function runTasks(
  scheduler: Scheduler,
  hub: EventHub,
  ids: readonly string[] | AsyncIterable<string>,
  { signal, stop, graceMs, onTask, onEvent }: RunOptions,
): Promise<RunSummary> {
  const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
  const unfollow = new Map<string, () => void>();
  const follow = (id: string): void => {
    if (onEvent !== undefined && !unfollow.has(id)) unfollow.set(id, hub.subscribe(id, onEvent));
  };
  try {
    await scheduler.drain({
      ids: counted(ids, (id) => {
        counts.total++;
        follow(id);
      }),
      onAbort: 'release',
      ...(signal === undefined ? {} : { signal }),
      ...(stop === undefined ? {} : { stop }),
      ...(graceMs === undefined ? {} : { graceMs }),
      onEnd: (id, task) => {
        unfollow.get(id)?.();
        unfollow.delete(id);
        if (task === null) {
          counts.cancelled++;
          return;
        }
        if (task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled')
          counts[task.status]++;
        onTask?.(task, task.error === null ? null : toVoiceLinguaError(task.error));
      },
    });
  } finally {
    for (const end of unfollow.values()) end();
  }
  signal?.throwIfAborted();
  return counts;
}

function counted(
  ids: readonly string[] | AsyncIterable<string>,
  onId: (id: string) => void,
): readonly string[] | AsyncIterable<string> {
  if (!(Symbol.asyncIterator in ids)) {
    for (const id of ids) onId(id);
    return ids;
  }
  return (async function* () {
    for await (const id of ids) {
      onId(id);
      yield id;
    }
  })();
}

/** All tasks that may still move. */
export async function pendingIds(store: TaskStore): Promise<string[]> {
  const ids: string[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const tasks = await store.list({ status: ['pending', 'processing'], order: 'oldest', limit: PAGE, offset });
    ids.push(...tasks.map((task) => task.id));
    if (tasks.length < PAGE) return ids;
  }
}

/** @throws {VoiceLinguaError} `TASK_NOT_FOUND` for the first of the ids that the store does not have */
export async function assertKnown(store: TaskStore, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += PAGE) {
    const page = [...new Set(ids.slice(start, start + PAGE))];
    if ((await store.count({ ids: page })) === page.length) continue;
    for (const id of page) {
      if ((await store.get(id)) === null) throw unknownTask(id);
    }
  }
}

export function unknownTask(taskId: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'TASK_NOT_FOUND',
    `There is no task "${taskId}" in the store. "voicelingua tasks list" names those that are.`,
    { details: { taskId } },
  );
}
