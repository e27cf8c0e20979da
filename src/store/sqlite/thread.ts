import { Worker } from 'node:worker_threads';
import type { StoreWorkerData } from './protocol.js';

/** Starts `worker.ts` on a thread of its own. */
export function startThread(workerData: StoreWorkerData): Worker {
  const name = 'voicelingua-store';
  if (!import.meta.url.endsWith('.ts')) {
    // The caller's flags are not for this thread; `--input-type` would even stop it.
    return new Worker(new URL('./worker.js', import.meta.url), { workerData, name, execArgv: [] });
  }
  // Run from sources: a new thread does not take over the main thread's TypeScript loader.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const entry = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  const boot = `import(${loader}).then(({ register }) => { register(); return import(${entry}); })`;
  return new Worker(boot, { workerData, name, execArgv: [], eval: true });
}
