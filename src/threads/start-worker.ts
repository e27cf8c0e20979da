import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a module of the library, compiled or not. The caller's own flags are not for this thread
 * (`--input-type` would even stop it), and a new thread does not take over a TypeScript loader, so that one is
 * registered first when the library runs from its sources.
 */
export function startWorker(entry: URL, options: Omit<WorkerOptions, 'eval' | 'execArgv'>): Worker {
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, { ...options, execArgv: [] });
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const boot = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`;
  return new Worker(boot, { ...options, execArgv: [], eval: true });
}
