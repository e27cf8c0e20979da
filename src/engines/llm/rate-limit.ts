import { type Clock, systemClock, unlessAborted } from './clock.js';

export interface RateLimits {
  /** Most requests in any 60 s. Defaults to no limit. */
  readonly requestsPerMinute?: number;
  /** Most tokens, questions and answers together, in any 60 s. Defaults to no limit. */
  readonly tokensPerMinute?: number;
  /** Most requests under way at once. Defaults to 4. */
  readonly concurrency?: number;
}

/** Leave to make one request. */
export interface Permit {
  /** Gives the place free; `tokens` replaces the estimate in the minute's account. Further calls do nothing. */
  release(tokens?: number): void;
}

interface Entry {
  readonly at: number;
  tokens: number;
}

const MINUTE_MS = 60_000;
const CONCURRENCY = 4;

/** Lets requests through in the order they came, as fast as the provider's limits allow; one for all users of a key. */
export class RateLimiter {
  readonly #requests: number;
  readonly #tokens: number;
  readonly #concurrency: number;
  readonly #clock: Clock;
  /** Requests of the last minute, oldest first. */
  readonly #entries: Entry[] = [];
  #active = 0;
  #heldUntil = Number.NEGATIVE_INFINITY;
  /** Settles when the last one in line has been let through, or has gone. */
  #line: Promise<void> = Promise.resolve();
  #freed: (() => void) | null = null;

  constructor(limits: RateLimits = {}, clock: Clock = systemClock) {
    this.#requests = limits.requestsPerMinute ?? Number.POSITIVE_INFINITY;
    this.#tokens = limits.tokensPerMinute ?? Number.POSITIVE_INFINITY;
    this.#concurrency = limits.concurrency ?? CONCURRENCY;
    this.#clock = clock;
  }

  /**
   * Waits for its turn. A request that alone has more tokens than a minute may have goes when the minute is empty.
   * @param tokens estimate for question and answer
   */
  async acquire(tokens: number, signal?: AbortSignal): Promise<Permit> {
    const before = this.#line;
    let pass = (): void => undefined;
    this.#line = new Promise((resolve) => {
      pass = resolve;
    });
    try {
      await unlessAborted(before, signal);
      await this.#turn(tokens, signal);
    } finally {
      // One that left the line early must not let the next one overtake those before it.
      void before.then(pass);
    }
    const entry: Entry = { at: this.#clock.now(), tokens };
    this.#entries.push(entry);
    this.#active += 1;
    let held = true;
    return {
      release: (actual) => {
        if (!held) return;
        held = false;
        if (actual !== undefined) entry.tokens = actual;
        this.#active -= 1;
        this.#freed?.();
      },
    };
  }

  /** Lets nobody through for so long: the provider said so to one, and means all. */
  holdBack(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.now() + ms);
  }

  async #turn(tokens: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      if (this.#active >= this.#concurrency) {
        const freed = new Promise<void>((resolve) => {
          this.#freed = resolve;
        });
        await unlessAborted(freed, signal);
        continue;
      }
      const wait = this.#wait(tokens);
      if (wait <= 0) return;
      await this.#clock.sleep(wait, signal);
    }
  }

  /** Milliseconds until the minute has room. */
  #wait(tokens: number): number {
    const now = this.#clock.now();
    while (this.#entries[0] !== undefined && this.#entries[0].at <= now - MINUTE_MS) this.#entries.shift();
    let until = this.#heldUntil;
    let requests = this.#entries.length;
    let used = this.#entries.reduce((sum, entry) => sum + entry.tokens, 0);
    for (const entry of this.#entries) {
      if (requests < this.#requests && used + tokens <= this.#tokens) break;
      until = Math.max(until, entry.at + MINUTE_MS);
      requests -= 1;
      used -= entry.tokens;
    }
    return until - now;
  }
}
