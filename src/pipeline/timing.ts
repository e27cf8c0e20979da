import { setTimeout as delay } from 'node:timers/promises';

/** The time as the pipeline sees it: durations of a monotonic clock in milliseconds. A simulation brings its own. */
export interface Timing {
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts. Keeps the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `action` once after `ms`; the function it gives stops that. Keeps no process alive. */
  after(ms: number, action: () => void): () => void;
  /** Calls `action` each `ms`; the function it gives stops that. Keeps no process alive. */
  every(ms: number, action: () => void): () => void;
}

/** The longest time that a timer of Node takes. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemTiming: Timing = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(ms, LONGEST_TIMER)).unref();
    return () => clearTimeout(timer);
  },
  every: (ms, action) => {
    const timer = setInterval(action, ms).unref();
    return () => clearInterval(timer);
  },
};
