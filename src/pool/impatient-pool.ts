import type { Pool, PoolCall } from './pool.js';

/** How long an engine may take to let go of a call that was cancelled, milliseconds, before the caller stops waiting for it. */
const PATIENCE_MS = 300;

/**
 * A pool whose cancelled calls reject soon, even where the engine cannot be stopped in the middle: a beam search of CTranslate2
 * ends with its batch. The lane is busy until then, and its answer is dropped.
 */
export function impatient(pool: Pool): Pool {
  return {
    run: <T>(call: PoolCall): Promise<T> => {
      const { signal } = call;
      if (signal === undefined) return pool.run<T>(call);
      return new Promise<T>((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const onAbort = (): void => {
          timer = setTimeout(() => reject(signal.reason), PATIENCE_MS);
        };
        if (!signal.aborted) signal.addEventListener('abort', onAbort, { once: true });
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
        };
        pool.run<T>(call).then(resolve, reject).finally(end);
      });
    },
    kill: (group, reason) => pool.kill(group, reason),
    release: (group) => pool.release(group),
    loadedModels: () => pool.loadedModels(),
    close: () => pool.close(),
  };
}
