import { ERROR_TRAITS, type ErrorCategory, type SerializedError } from './errors.js';

export interface BackoffSettings {
  /** Wait before the first retry, milliseconds. Defaults to 60,000, as in seed 000. */
  readonly baseMs?: number;
  /** Longest wait, milliseconds. Defaults to 300,000. */
  readonly capMs?: number;
}

const DEFAULT_BASE_MS = 60_000;
const DEFAULT_CAP_MS = 300_000;

/** The same call fails in the same way for these, whatever its error says of itself. */
const NEVER_RETRIED: readonly ErrorCategory[] = ['usage', 'model', 'input', 'cancelled'];

/**
 * Milliseconds to wait before the next attempt: the base doubled for each retry made so far, up to the cap; of that a random
 * part between one half and all of it, so that tasks that failed together do not come back together.
 * @param retries retries made so far; 0 before the first
 * @param random gives 0 ≤ n < 1
 */
export function retryDelay(
  retries: number,
  { baseMs = DEFAULT_BASE_MS, capMs = DEFAULT_CAP_MS }: BackoffSettings = {},
  random: () => number = Math.random,
): number {
  const full = Math.min(baseMs * 2 ** retries, capMs);
  return Math.round(full * (0.5 + random() / 2));
}

/**
 * Whether a failed task gets another attempt: its error may pass, and fewer than `maxRetries` were made. What lies with the
 * caller, the model or the input (no such file, unreadable, no permission, unsupported format) never does.
 */
export function shouldRetry(
  error: Pick<SerializedError, 'code' | 'retryable'>,
  retries: number,
  maxRetries: number,
): boolean {
  return error.retryable && retries < maxRetries && !NEVER_RETRIED.includes(ERROR_TRAITS[error.code].category);
}
