import { retryDelay, shouldRetry } from '../domain/backoff.js';
import { VoiceLinguaError } from '../domain/errors.js';
import type { TaskRecord } from '../domain/task.js';
import type { PutBack } from '../store/task-store.js';

export interface RetryPolicy {
  readonly maxRetries: number;
  readonly baseMs: number;
  readonly capMs: number;
  /** Deaths of the engine host by one task before it is quarantined. */
  readonly maxCrashes: number;
  /**
   * Lost owners and unexplained deaths of the host in a row, without a checkpoint between, before it is quarantined. Many, since
   * most are somebody's kill, an update or a power cut, and only now and then a task that the system kills for its memory.
   */
  readonly maxLosses: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

/** Seed 000: three retries, 60 s doubled up to 300 s. */
export const DEFAULT_RETRIES: RetryPolicy = {
  maxRetries: 3,
  baseMs: 60_000,
  capMs: 300_000,
  maxCrashes: 3,
  maxLosses: 50,
  random: Math.random,
};

/** What becomes of a task after an attempt that did not succeed. */
export type Verdict =
  | { readonly kind: 'fail'; readonly error: VoiceLinguaError }
  | { readonly kind: 'retry'; readonly putBack: PutBack }
  /** Unharmed: the attempt does not count. */
  | { readonly kind: 'release' };

export function judge(task: TaskRecord, error: VoiceLinguaError, policy: RetryPolicy): Verdict {
  if (error.code === 'ENGINE_CRASHED') return judgeCrash(task, error, policy);
  if (!shouldRetry(error, task.retries, policy.maxRetries)) return { kind: 'fail', error };
  return { kind: 'retry', putBack: { afterMs: retryDelay(task.retries, policy, policy.random), counts: 'retry' } };
}

/** Whether the engine host died of the task's own call. */
export function isOwnCrash({ code, details }: VoiceLinguaError): boolean {
  return code === 'ENGINE_CRASHED' && details.culprit === 'this' && details.signal !== 'SIGKILL';
}

/**
 * A host that died by a signal of its own was killed by the task whose call it ran. One that was killed from outside, or whose death
 * nobody saw, was not: such a task goes on at once, and only many such deaths without any progress count against it.
 */
function judgeCrash(task: TaskRecord, error: VoiceLinguaError, policy: RetryPolicy): Verdict {
  if (error.details.culprit === 'other') return { kind: 'release' };
  if (isOwnCrash(error)) {
    const crashes = task.crashes + 1;
    if (crashes >= policy.maxCrashes)
      return { kind: 'fail', error: quarantined(`crashed the engines ${crashes} times`, error) };
    return { kind: 'retry', putBack: { afterMs: 0, counts: 'crash' } };
  }
  const losses = task.losses + 1;
  if (losses >= policy.maxLosses) {
    return { kind: 'fail', error: quarantined(`lost its engines ${losses} times in a row without getting on`, error) };
  }
  return { kind: 'retry', putBack: { afterMs: 0, counts: 'loss' } };
}

/** A task whose owners died so often, without any progress, that the next one had better not try; null for all others. */
export function condemned(task: TaskRecord, policy: RetryPolicy): VoiceLinguaError | null {
  if (task.losses < policy.maxLosses) return null;
  return quarantined(`was in work ${task.losses} times in a row when its process ended, without getting on`, null);
}

function quarantined(what: string, cause: VoiceLinguaError | null): VoiceLinguaError {
  return new VoiceLinguaError(
    'TASK_QUARANTINED',
    `The task ${what} and was set aside. "voicelingua tasks show" tells how its attempts ended; "voicelingua tasks retry" tries it again.`,
    { details: cause === null ? {} : { ...cause.details, message: cause.message } },
  );
}
