import type { ErrorCategory } from '../api.js';
import { displayName } from '../io.js';
import type { Summary, Ui } from '../ui.js';

/** A failure as the last summary names it. */
export interface NamedFailure {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** Counts what a call did, and reports what failed. */
export class Batch {
  completed = 0;
  /** Of those, done by an earlier call. */
  before = 0;
  /** Seconds of audio of what was done now. */
  audioSeconds = 0;
  readonly failures: ErrorCategory[] = [];
  readonly named: NamedFailure[] = [];
  /** Called after each failure. */
  onFailure: () => void = () => {};
  #cancelled = 0;
  #unfinished = 0;

  /** @param remembered failures that are named again at the end; all were told when they came */
  constructor(
    private readonly ui: Ui,
    private readonly remembered = Number.POSITIVE_INFINITY,
  ) {}

  done(audioSeconds?: number | null): void {
    this.completed += 1;
    this.audioSeconds += audioSeconds ?? 0;
  }

  doneBefore(): void {
    this.completed += 1;
    this.before += 1;
  }

  failed(error: unknown, input: string, taskId?: string): void {
    const failure = this.ui.failure(error, taskId === undefined ? input : `${input} (task ${taskId})`);
    this.failures.push(failure.category);
    this.named.push({ name: input, code: failure.code, message: failure.message });
    if (this.named.length > this.remembered) this.named.shift();
    this.onFailure();
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
  stopped(expected: number): void {
    this.#unfinished = Math.max(0, expected - this.completed - this.failures.length);
  }

  /** Tasks that did not end because the call was stopped. */
  get unfinished(): number {
    return this.#unfinished;
  }

  summary(): Summary {
    const cancelled = this.#cancelled + this.#unfinished;
    const failed = this.failures.filter((category) => category !== 'cancelled').length;
    return { total: this.completed + failed + cancelled, completed: this.completed, failed, cancelled };
  }
}
