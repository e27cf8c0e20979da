import type { Timing } from '../../../src/pipeline/timing.js';
import type { Clock } from '../../../src/store/clock.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** Virtual time: it stands still while promises run, and jumps to the next timer when none is left to run. */
export class SimClock {
  #now = 0;
  #order = 0;
  #timers: Timer[] = [];

  readonly read: Clock = () => ({ wall: 1_750_000_000_000 + this.#now, lease: this.#now, epoch: 'simulated' });

  get now(): number {
    return this.#now;
  }

  /** @returns the function that stops it */
  at(delay: number, action: () => void): () => void {
    const timer: Timer = { at: this.#now + delay, order: ++this.#order, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs everything until `done` or until nothing is left to happen; answers whether it is done. */
  async run(done: () => boolean, limit: number): Promise<boolean> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done()) return true;
      const next = this.#earliest();
      if (next === undefined || next.at > limit) return false;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.action();
    }
  }

  #earliest(): Timer | undefined {
    let best: Timer | undefined;
    for (const timer of this.#timers) {
      if (best === undefined || timer.at < best.at || (timer.at === best.at && timer.order < best.order)) best = timer;
    }
    return best;
  }
}

/** A process of the simulation: after its crash nothing of it goes on; while it is stopped (SIGSTOP) nothing does yet. */
export class SimProcess {
  alive = true;
  #stopped: Promise<void> | null = null;
  #resume: () => void = () => undefined;

  constructor(
    readonly clock: SimClock,
    readonly owner: string,
    /** Called at every await of the process; may crash or stop it. */
    private readonly onAwait: (process: SimProcess) => void,
  ) {}

  crash(): void {
    this.alive = false;
  }

  stopFor(duration: number): void {
    if (this.#stopped !== null) return;
    this.#stopped = new Promise((resolve) => {
      this.#resume = resolve;
    });
    this.clock.at(duration, () => {
      this.#stopped = null;
      this.#resume();
    });
  }

  /** Every await of the process goes through here. What a dead process awaits never comes. */
  async step(): Promise<void> {
    if (this.alive) this.onAwait(this);
    if (!this.alive) await new Promise(() => undefined);
    while (this.#stopped !== null) await this.#stopped;
    if (!this.alive) await new Promise(() => undefined);
  }

  readonly timing: Timing = {
    now: () => this.clock.now,
    sleep: async (ms, signal) => {
      if (!signal?.aborted) {
        await new Promise<void>((resolve) => {
          const stop = this.clock.at(ms, resolve);
          signal?.addEventListener(
            'abort',
            () => {
              stop();
              resolve();
            },
            { once: true },
          );
        });
      }
      await this.step();
    },
    after: (ms, action) => this.clock.at(ms, () => void this.#act(action)),
    every: (ms, action) => {
      let stop: () => void = () => undefined;
      const again = (): void => {
        if (!this.alive) return;
        stop = this.clock.at(ms, () => {
          again();
          void this.#act(action);
        });
      };
      again();
      return () => stop();
    },
  };

  async #act(action: () => void): Promise<void> {
    while (this.#stopped !== null) await this.#stopped;
    if (this.alive) action();
  }
}
