import type { ErrorCategory } from '../api.js';
import { displayName } from '../io.js';
import type { Summary, Ui } from '../ui.js';

/** Counts what a call did, and reports what failed. */
export class Batch {
  completed = 0;
  readonly failures: ErrorCategory[] = [];
  #cancelled = 0;

  constructor(private readonly ui: Ui) {}

  done(): void {
    this.completed += 1;
  }

  failed(error: unknown, input: string, taskId?: string): void {
    const failure = this.ui.failure(error, taskId === undefined ? input : `${input} (task ${taskId})`);
    this.failures.push(failure.category);
  }

  cancelled(error: unknown, input: string): void {
    this.#cancelled += 1;
    this.failures.push('cancelled');
    this.ui.record({
      type: 'error',
      input,
      error: { code: 'CANCELLED', message: String(error), retryable: false, details: {} },
    });
    this.ui.message(`${displayName(input)}: cancelled`);
  }

  /** Of `expected` tasks, those that did not end were stopped with this call. */
  unfinished(expected: number): void {
    this.#cancelled += Math.max(0, expected - this.completed - this.failures.length);
  }

  summary(): Summary {
    const cancelled = this.#cancelled;
    const failed = this.failures.filter((category) => category !== 'cancelled').length;
    return { total: this.completed + failed + cancelled, completed: this.completed, failed, cancelled };
  }
}
