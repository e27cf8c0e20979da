import { setTimeout as sleep } from 'node:timers/promises';

/** Items of one producer for one consumer, who takes what is there, or waits for the next. */
export class AsyncQueue<T> {
  #items: T[] = [];
  #at = 0;
  #ended = false;
  #closed = false;
  #error: { readonly error: unknown } | null = null;
  #wake: (() => void) | null = null;

  /** False when nobody will take it: the consumer closed the queue. */
  push(item: T): boolean {
    if (this.#closed) return false;
    this.#items.push(item);
    this.#wake?.();
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** From now on `take` rejects; what was pushed before is not given any more. */
  fail(error: unknown): void {
    this.#error ??= { error };
    this.#drop();
    this.end();
  }

  /** The consumer wants no more; a waiting `take` gets nothing. */
  close(): void {
    this.#closed = true;
    this.#drop();
    this.end();
  }

  /**
   * At least one item and at most `most`; none when the queue has ended.
   * @param lingerMs how long more items are waited for after the first
   */
  async take(most: number, lingerMs = 0): Promise<T[]> {
    while (this.#at === this.#items.length && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    if (lingerMs > 0 && this.#items.length - this.#at < most && !this.#ended) await sleep(lingerMs);
    if (this.#error !== null && !this.#closed) throw this.#error.error;
    const taken = this.#items.slice(this.#at, this.#at + most);
    this.#at += taken.length;
    // Cut off in large pieces: an array that loses its first items one by one is copied each time.
    if (this.#at > 1000 && this.#at * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#at);
      this.#at = 0;
    }
    return taken;
  }

  #drop(): void {
    this.#items = [];
    this.#at = 0;
  }
}
