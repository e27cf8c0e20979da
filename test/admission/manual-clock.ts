/** A clock that stands still until it is moved; timers fire in the order of their times. */
export class ManualClock {
  #now = 1000;
  #timers: Array<{ readonly at: number; readonly callback: () => void }> = [];

  now = (): number => this.#now;

  after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.length;
  }

  async move(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything that waits for promises alone go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
