import type { Worker } from 'node:worker_threads';
import { startWorker } from '../../threads/start-worker.js';
import type { StoreWorkerData } from './protocol.js';

/** Starts the store's worker on a thread of its own. */
export function startThread(workerData: StoreWorkerData): Worker {
  const entry = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  return startWorker(entry, { workerData, name: 'voicelingua-store' });
}
