import type { ErrorCategory } from './api.js';

export const EXIT_OK = 0;
export const EXIT_PARTIAL = 5;

/** Exit code of a failure; `cancelled` is a task that somebody else cancelled, so work of this call is missing. */
export const EXIT_BY_CATEGORY: Readonly<Record<ErrorCategory, number>> = {
  internal: 1,
  usage: 2,
  model: 3,
  input: 4,
  resource: 6,
  cancelled: EXIT_PARTIAL,
};

export const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Exit code of a call with several inputs: 5 when a part was done, the failures' own code when nothing was done and all
 * failed for the same kind of reason, else 5.
 */
export function batchExitCode(completed: number, failures: readonly ErrorCategory[]): number {
  const [first] = failures;
  if (first === undefined) return EXIT_OK;
  const same = failures.every((category) => category === first);
  return completed === 0 && same ? EXIT_BY_CATEGORY[first] : EXIT_PARTIAL;
}
