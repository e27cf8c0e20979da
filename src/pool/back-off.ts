export interface BackOffOptions {
  /** Waits before the first, second … start after a death, milliseconds; the last one for all further. */
  readonly steps?: readonly number[];
  /** What lived so long was healthy: its death is the first again. Milliseconds. */
  readonly healthyMs?: number;
  /** Milliseconds of a monotonic clock. Defaults to the process's. */
  readonly now?: () => number;
}

const STEPS = [0, 500, 1000, 2000, 4000, 8000, 10_000];
const HEALTHY_MS = 30_000;

/** How long to wait before something that keeps dying is started again. */
export class BackOff {
  readonly #steps: readonly number[];
  readonly #healthyMs: number;
  readonly #now: () => number;
  #deaths = 0;
  #bornAt = Number.POSITIVE_INFINITY;
  #diedAt = Number.NEGATIVE_INFINITY;

  constructor({ steps = STEPS, healthyMs = HEALTHY_MS, now = () => performance.now() }: BackOffOptions = {}) {
    this.#steps = steps;
    this.#healthyMs = healthyMs;
    this.#now = now;
  }

  born(): void {
    this.#bornAt = this.#now();
  }

  died(): void {
    this.#diedAt = this.#now();
    this.#deaths = this.#diedAt - this.#bornAt >= this.#healthyMs ? 1 : this.#deaths + 1;
  }

  /** Milliseconds to wait from now on. */
  get wait(): number {
    if (this.#deaths === 0) return 0;
    const step = this.#steps[Math.min(this.#deaths, this.#steps.length) - 1] ?? 0;
    return Math.max(0, step - (this.#now() - this.#diedAt));
  }
}
