import type { Clock } from '../../../src/engines/llm/clock.js';

/** Time that goes to the next one who waits as soon as nothing else is to be done. */
export class FakeClock implements Clock {
  /** Every wait that was begun, milliseconds. */
  readonly sleeps: number[] = [];
  #now = 0;
  #sleepers: Array<{ readonly until: number; readonly wake: () => void }> = [];

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const sleeper = { until: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
      setImmediate(() => this.#next());
    });
  }

  #next(): void {
    const [first] = [...this.#sleepers].sort((one, other) => one.until - other.until);
    if (first === undefined) return;
    this.#sleepers = this.#sleepers.filter((one) => one !== first);
    this.#now = Math.max(this.#now, first.until);
    first.wake();
  }
}
