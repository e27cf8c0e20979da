import type { Worker } from 'node:worker_threads';
import { entryUrl } from '../../package/files.js';
import { startWorker } from '../../threads/start-worker.js';
import type { ThreadOrder } from './protocol.js';

/**
 * Milliseconds that the thread of a closed store waits for the next store of the process. A new thread takes some 25 ms to start, and
 * its code runs at half the speed until it is compiled; Node and the driver also keep a little of each thread that has ended.
 */
const SPARE_MS = 2_000;
/** A thread holds what the driver may not free before its end (connection.ts), so it ends after so many stores. */
export const STORES_OF_A_THREAD = 100;

/** Of the thread's heap for what is new: rows live as long as their message. V8 would let it grow to 48 MB in the caller's process. */
const YOUNG_MB = 6;

interface Spare {
  readonly worker: Worker;
  readonly timer: NodeJS.Timeout;
  readonly onExit: () => void;
}

const served = new WeakMap<Worker, number>();
let spare: Spare | null = null;

const ignore = (): void => {};

/** A thread that runs `worker.ts` and has no store yet: the spare one, or a new one. */
export function takeThread(): Worker {
  if (spare === null) {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    return startWorker(entryUrl('store/sqlite/worker', 'cjs'), { name: 'voicelingua-store', resourceLimits });
  }
  const { worker } = spare;
  forgetSpare();
  worker.ref();
  return worker;
}

/** @param worker one whose store is closed, and to which nobody listens any more. */
export function giveBackThread(worker: Worker): void {
  const stores = (served.get(worker) ?? 0) + 1;
  served.set(worker, stores);
  worker.unref();
  worker.on('error', ignore);
  if (spare !== null || stores >= STORES_OF_A_THREAD) {
    endThread(worker);
    return;
  }
  const timer = setTimeout(() => {
    forgetSpare();
    worker.on('error', ignore);
    endThread(worker);
  }, SPARE_MS);
  timer.unref();
  const onExit = (): void => forgetSpare();
  worker.once('exit', onExit);
  spare = { worker, timer, onExit };
}

function forgetSpare(): void {
  if (spare === null) return;
  clearTimeout(spare.timer);
  spare.worker.off('error', ignore);
  spare.worker.off('exit', spare.onExit);
  spare = null;
}

function endThread(worker: Worker): void {
  worker.postMessage({ end: true } satisfies ThreadOrder);
}
