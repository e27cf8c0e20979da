import type { SerializedError } from './errors.js';
import type { TaskType } from './task.js';

/**
 * Why an engine host was replaced: it died (`crash`), was killed at a task's hard limit (`limit`), had done its share of tasks
 * (`tasks`), or had grown too big (`memory`).
 */
export type HostRestartReason = 'crash' | 'limit' | 'tasks' | 'memory';

export const HOST_RESTART_REASONS: readonly HostRestartReason[] = ['crash', 'limit', 'tasks', 'memory'];

/** What can happen to a task in the process that tells of it. */
type TaskHappening =
  /** It was stored as a new task. */
  | { readonly type: 'submitted' }
  /** It was claimed here. */
  | {
      readonly type: 'started';
      /** 1 for the first attempt. */
      readonly attempt: number;
      /** Seconds since it might have been claimed: since it was submitted, or since its retry was due. */
      readonly queueSeconds: number;
    }
  /** A stage begins (`seconds` is null) or has ended well. */
  | { readonly type: 'stage'; readonly stage: string; readonly seconds: number | null }
  /** It failed in a way that may pass, and is pending again. */
  | {
      readonly type: 'retry';
      readonly error: SerializedError;
      /** Number of this retry, 1 for the first. */
      readonly retry: number;
      /** Milliseconds before it may be claimed again. */
      readonly delayMs: number;
    }
  /** The engine host died of it; it is pending again, or it is quarantined and `ended` follows. */
  | {
      readonly type: 'crash';
      /** `details` hold the signal, the window, and the last lines of the host's stderr. */
      readonly error: SerializedError;
      /** Times that a host has died of it. */
      readonly crashes: number;
      readonly stage: string | null;
      /** Milliseconds before it may be claimed again; null when it is quarantined. */
      readonly delayMs: number | null;
    }
  /** It was handed back unharmed: this process shuts down, or the host died of another task. */
  | { readonly type: 'released'; readonly reason: 'shutdown' | 'host' }
  /** Its lease ran out or its owner died, and it is pending again, or another's by now. */
  | { readonly type: 'lost'; readonly owner: string | null }
  | {
      readonly type: 'ended';
      readonly status: 'completed' | 'failed' | 'cancelled';
      /** Why it failed; null otherwise. */
      readonly error: SerializedError | null;
      /** Seconds of work over all attempts; 0 when it was never started. */
      readonly processingSeconds: number;
      /** Seconds of its audio; null for a text, and while unknown. */
      readonly audioSeconds: number | null;
    };

/**
 * One happening in the life of a task, or of the engine host. Plain JSON: it may cross threads and processes. The log and the metrics
 * are made of these.
 */
export type LifecycleEvent =
  | ({ readonly taskId: string; readonly textId: string; readonly taskType: TaskType } & TaskHappening)
  /** An engine host was replaced, or will be by the next task. */
  | {
      readonly type: 'host-restart';
      readonly reason: HostRestartReason;
      /** Of the host that is gone. */
      readonly pid: number | null;
      /** Signal that ended it, if one did. */
      readonly signal: string | null;
    };
