import { rm } from 'node:fs/promises';
import type { DeleteOptions, PruneOptions, StoreStatus } from './api-types.js';
import { VoiceLinguaError } from './domain/errors.js';
import type { MemoryState } from './domain/memory.js';
import { TASK_STATUSES, type TaskStatus } from './domain/task.js';
import type { TaskStore } from './store/task-store.js';

/** Tasks deleted in one transaction. */
const PRUNE_CHUNK = 200;
/** Active tasks that a status names. */
const MOST_ACTIVE = 1000;

/** Deletes a task and, if asked, the files that were written for it; false when there is none. */
export async function deleteTask(
  store: TaskStore,
  taskId: string,
  { outputs = false }: DeleteOptions,
): Promise<boolean> {
  const files = outputs ? await store.outputs(taskId) : [];
  const found = await store.delete(taskId);
  // First the task: a file without its task does no harm, a task that names files which are gone would.
  if (found) await deleteFiles(files);
  return found;
}

/** @returns how many tasks were deleted */
export async function pruneTasks(store: TaskStore, options: PruneOptions): Promise<number> {
  const { keep, olderThanMs, status, outputs = false } = options;
  if (keep === undefined && olderThanMs === undefined) {
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      'prune: name what stays: "keep" (a number of tasks) or "olderThanMs" (or both).',
    );
  }
  const filter = {
    ...(keep === undefined ? {} : { keep }),
    ...(olderThanMs === undefined ? {} : { olderThanMs }),
    ...(status === undefined ? {} : { status }),
  };
  let deleted = 0;
  for (;;) {
    const pruned = await store.prune({ ...filter, limit: PRUNE_CHUNK });
    deleted += pruned.length;
    if (outputs) for (const { outputs: files } of pruned) await deleteFiles(files);
    if (pruned.length === 0) return deleted;
  }
}

async function deleteFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await rm(path, { force: true });
    } catch (cause) {
      throw new VoiceLinguaError(
        'OUTPUT_UNWRITABLE',
        `The task is deleted, but its file "${path}" is not: ${String(cause)}`,
        {
          cause,
          details: { path },
        },
      );
    }
  }
}

export async function storeStatus(store: TaskStore, path: string, memory: MemoryState): Promise<StoreStatus> {
  const counts = Object.fromEntries(
    await Promise.all(TASK_STATUSES.map(async (status) => [status, await store.count({ status })] as const)),
  ) as Record<TaskStatus, number>;
  const active = await store.list({ status: 'processing', order: 'oldest', limit: MOST_ACTIVE });
  return { store: path, counts, active, waiting: await store.waiting(), memory };
}
