import { join } from 'node:path';
import { cacheRoot, digest } from '../../tools/build/lib/cache.mjs';

export const ROOT = join(import.meta.dirname, '..', '..');
/** What benchmarks of this checkout write on the way; emptied by each run. */
export const WORK = join(cacheRoot(), 'bench', digest(ROOT));
