import type { JobEvent } from '../api-types.js';

/** The events of one job: every reader gets all of them from the first, and ends after `end`. */
export class EventLog {
  readonly #events: JobEvent[] = [];
  #waiting: Array<() => void> = [];
  #ended = false;

  push(event: JobEvent): void {
    if (this.#ended) return;
    const last = this.#events.at(-1);
    // Progress is news only while it is the last; a reader that comes late needs no history of it.
    if (event.type === 'progress' && last?.type === 'progress') this.#events[this.#events.length - 1] = event;
    else this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read(): AsyncGenerator<JobEvent, void, undefined> {
    let next = 0;
    let shown: JobEvent | undefined;
    for (;;) {
      const replaced = next > 0 && this.#events[next - 1] !== shown;
      if (replaced) next--;
      while (next < this.#events.length) {
        shown = this.#events[next++] as JobEvent;
        yield shown;
      }
      if (next > 0 && this.#events[next - 1] !== shown) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
