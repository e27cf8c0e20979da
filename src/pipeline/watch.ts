import type { JobEvent } from '../api-types.js';
import { VoiceLinguaError } from '../domain/errors.js';
import type { TaskStore } from '../store/task-store.js';
import { EventLog } from './event-log.js';
import type { EventHub } from './events.js';

/** How often a task that another process runs is looked at. */
const POLL_MS = 500;

/** Follows a task wherever it runs: by events when here, by its stored state when elsewhere. Ends with `done`. */
export async function* watchTask(
  opening: Promise<TaskStore>,
  hub: EventHub,
  taskId: string,
): AsyncGenerator<JobEvent, void, undefined> {
  const store = await opening;
  const log = new EventLog();
  let progress = -1;
  let ended = false;
  const push = (event: JobEvent): void => {
    if (ended) return;
    log.push(event);
    if (event.type !== 'done') return;
    ended = true;
    log.end();
  };
  const stop = hub.subscribe(taskId, push);
  const look = async (): Promise<void> => {
    const task = await store.get(taskId);
    if (task === null) {
      throw new VoiceLinguaError('TASK_NOT_FOUND', `There is no task "${taskId}" in the store.`, {
        details: { taskId },
      });
    }
    if (task.status === 'processing' && task.progress > progress) {
      progress = task.progress;
      push({ type: 'progress', taskId, progress });
    } else if (task.status !== 'pending' && task.status !== 'processing') {
      push({ type: 'done', taskId, status: task.status, error: task.error });
    }
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    await look();
    timer = setInterval(() => void look().catch(() => log.end()), POLL_MS);
    yield* log.read();
  } finally {
    clearInterval(timer);
    stop();
  }
}
