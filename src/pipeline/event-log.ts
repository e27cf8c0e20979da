import type { JobEvent } from '../api-types.js';
import { JsonTape } from '../domain/json-tape.js';

/** The events of one job: every reader gets all of them from the first, and ends after `end`. */
export class EventLog {
  /** What a long recording has thousands of is an index on the tape. */
  readonly #events: Array<JobEvent | number> = [];
  readonly #tape = new JsonTape<JobEvent>();
  #waiting: Array<() => void> = [];
  #ended = false;

  push(event: JobEvent): void {
    if (this.#ended) return;
    const last = this.#events.at(-1);
    // Progress is news only while it is the last; a reader that comes late needs no history of it.
    if (event.type === 'progress' && isProgress(last)) this.#events[this.#events.length - 1] = event;
    else if (event.type === 'segment' || event.type === 'translation') this.#events.push(this.#tape.push(event));
    else this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read(): AsyncGenerator<JobEvent, void, undefined> {
    let next = 0;
    let shown: JobEvent | number | undefined;
    for (;;) {
      const replaced = next > 0 && this.#events[next - 1] !== shown;
      if (replaced) next--;
      while (next < this.#events.length) {
        shown = this.#events[next++] as JobEvent | number;
        yield typeof shown === 'number' ? this.#tape.at(shown) : shown;
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

function isProgress(event: JobEvent | number | undefined): boolean {
  return typeof event === 'object' && event.type === 'progress';
}
