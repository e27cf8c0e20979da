import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { STORES_OF_A_THREAD } from '../../../src/store/sqlite/thread.js';
import { textSpec } from '../../store/support.js';

/** What is left of this process between two stores. Sizes in bytes. */
export interface StoreSample {
  readonly cycle: number;
  readonly rss: number;
  readonly heap: number;
  readonly descriptors: number;
  readonly threads: number;
  /** Of the write-ahead log before the store was closed. */
  readonly walOpen: number;
  /** And after it; 0 when it is gone. */
  readonly walClosed: number;
}

/**
 * `STORE CYCLES`: opens the store, submits a task and closes it, again and again; prints a {@link StoreSample} a line each time that a
 * thread has served its last store and is gone. A thread that lives has a heap that goes up and down by 20 MB.
 */
const [file, cycles] = process.argv.slice(2) as [string, string];
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const threads = (): number => Number(/^Threads:\s*(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
const alone = threads();

for (let cycle = 1; cycle <= Number(cycles); cycle += 1) {
  const store = await openSqliteStore(file);
  await store.submit([textSpec(`task ${cycle}`)]);
  const walOpen = sizeOf(`${file}-wal`);
  await store.close();
  if (cycle % STORES_OF_A_THREAD !== 0) continue;
  const deadline = performance.now() + 2_000;
  while (threads() > alone && performance.now() < deadline) await sleep(5);
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  const sample: StoreSample = {
    cycle,
    rss,
    heap: heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
    threads: threads(),
    walOpen,
    walClosed: sizeOf(`${file}-wal`),
  };
  process.stdout.write(`${JSON.stringify(sample)}\n`);
}
