import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolCall } from '../../pool/pool.js';

type Runner = Pick<Pool, 'run'>;

/** What lanes are asked of a model before each task; the answer is the same as long as its files are. */
const ABOUT_MODELS: ReadonlySet<string> = new Set(['inspectModel', 'translatorInfo']);

/**
 * The pool, with what it says of models remembered: a lane in the middle of a batch would keep each new task waiting for an answer
 * that is known.
 */
export function rememberingModels(pool: Runner): Runner {
  const known = new Map<string, Promise<unknown>>();

  async function remembered(call: PoolCall): Promise<unknown> {
    const key = await keyOf(call);
    const before = known.get(key);
    if (before !== undefined) {
      try {
        return await before;
      } catch {
        // Whoever asked first may have been cancelled, or its host have died.
      }
    }
    const asked = pool.run<unknown>(call);
    known.set(key, asked);
    asked.catch(() => {
      if (known.get(key) === asked) known.delete(key);
    });
    return await asked;
  }

  return {
    run: <T>(call: PoolCall) => (ABOUT_MODELS.has(call.method) ? (remembered(call) as Promise<T>) : pool.run<T>(call)),
  };
}

/** Changes when the model's files do. */
async function keyOf({ method, params }: PoolCall): Promise<string> {
  const { path } = params as { readonly path: string };
  const versions = await Promise.all([path, join(path, 'model.bin')].map(versionOf));
  return JSON.stringify([method, params, versions]);
}

async function versionOf(path: string): Promise<string> {
  const facts = await stat(path).catch(() => null);
  return facts === null ? '' : `${facts.size}:${facts.mtimeMs}`;
}
