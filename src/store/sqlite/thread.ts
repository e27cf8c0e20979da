import type { Worker } from 'node:worker_threads';
import { entryUrl } from '../../package/files.js';
import { startWorker } from '../../threads/start-worker.js';
import type { StoreWorkerData } from './protocol.js';

/** Starts the store's worker on a thread of its own. */
export function startThread(workerData: StoreWorkerData): Worker {
  return startWorker(entryUrl('store/sqlite/worker', 'cjs'), { workerData, name: 'voicelingua-store' });
}
