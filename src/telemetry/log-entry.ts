import type { LogEntry } from '../api-types.js';
import type { SerializedError } from '../domain/errors.js';
import type { HostRestartReason, LifecycleEvent } from '../domain/lifecycle.js';

type TaskEvent = Exclude<LifecycleEvent, { readonly type: 'host-restart' }>;
type EventOf<T extends TaskEvent['type']> = Extract<TaskEvent, { readonly type: T }>;

/** An event as an entry of the log. The message names the task and its text id; it never holds what was said or written. */
export function logEntryOf(event: LifecycleEvent): LogEntry {
  if (event.type === 'host-restart') {
    const { reason, pid, signal } = event;
    return {
      level: 'warn',
      message: `The engine host${pid === null ? '' : ` ${pid}`} is replaced: ${RESTART[reason]}.`,
      data: { reason, ...(pid === null ? {} : { host_pid: pid }), ...(signal === null ? {} : { signal }) },
    };
  }
  return { taskId: event.taskId, textId: event.textId, ...happening(event, `Task ${event.taskId} (${event.textId})`) };
}

const RESTART: Readonly<Record<HostRestartReason, string>> = {
  crash: 'it died',
  limit: 'it was killed at the hard limit of a task',
  tasks: 'it has done its share of tasks',
  memory: 'its memory has grown too far',
};

function happening(event: TaskEvent, task: string): LogEntry {
  switch (event.type) {
    case 'submitted':
      return { level: 'debug', message: `${task} was submitted.`, data: { task_type: event.taskType } };
    case 'started':
      return {
        level: 'info',
        message: `${task} is started, attempt ${event.attempt}, after ${seconds(event.queueSeconds)} in the queue.`,
        data: { task_type: event.taskType, attempt: event.attempt, queue_seconds: event.queueSeconds },
      };
    case 'stage':
      return {
        level: 'debug',
        stage: event.stage,
        message:
          event.seconds === null
            ? `${task}: ${event.stage} begins.`
            : `${task}: ${event.stage} is done after ${seconds(event.seconds)}.`,
        ...(event.seconds === null ? {} : { data: { seconds: event.seconds } }),
      };
    case 'retry':
      return {
        level: 'warn',
        message: `${task} failed and is tried again in ${seconds(event.delayMs / 1000)} (retry ${event.retry}): ${event.error.message}`,
        ...about(event.error, { retry: event.retry, delay_ms: event.delayMs }),
      };
    case 'crash':
      return {
        level: 'error',
        ...(event.stage === null ? {} : { stage: event.stage }),
        message: `${task}: the engine host died of it (${times(event.crashes)}): ${event.error.message}`,
        ...about(event.error, {
          crashes: event.crashes,
          ...(event.delayMs === null ? {} : { delay_ms: event.delayMs }),
        }),
      };
    case 'released':
      return {
        level: 'info',
        message: `${task} is handed back as pending: ${event.reason === 'shutdown' ? 'this process shuts down' : 'the engine host died of another task'}.`,
        data: { reason: event.reason },
      };
    case 'lost':
      return {
        level: 'warn',
        message: `${task} was lost by ${event.owner ?? 'its owner'}: it died, or let its lease run out.`,
        ...(event.owner === null ? {} : { data: { owner: event.owner } }),
      };
    case 'ended':
      return ended(event, task);
  }
}

function ended(event: EventOf<'ended'>, task: string): LogEntry {
  const { status, error, processingSeconds, audioSeconds } = event;
  const facts = {
    task_type: event.taskType,
    status,
    processing_seconds: processingSeconds,
    ...(audioSeconds === null ? {} : { audio_seconds: audioSeconds }),
    ...(status === 'completed' && audioSeconds !== null && audioSeconds > 0
      ? { rtf: Number((processingSeconds / audioSeconds).toFixed(4)) }
      : {}),
  };
  if (status === 'failed') {
    const message = `${task} failed after ${seconds(processingSeconds)} of work: ${error?.message ?? 'no reason was given'}`;
    return { level: 'error', message, ...(error === null ? { data: facts } : about(error, facts)) };
  }
  const message =
    status === 'completed'
      ? `${task} is completed after ${seconds(processingSeconds)} of work.`
      : `${task} was cancelled.`;
  return { level: 'info', message, data: facts };
}

/** Code of an error, and its details beside the other facts. */
function about(error: SerializedError, facts: Readonly<Record<string, unknown>>): Pick<LogEntry, 'code' | 'data'> {
  const details = Object.keys(error.details).length === 0 ? {} : { details: error.details };
  return { code: error.code, data: { ...facts, ...details } };
}

function seconds(value: number): string {
  return `${value < 10 ? Number(value.toFixed(2)) : Math.round(value)} s`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
