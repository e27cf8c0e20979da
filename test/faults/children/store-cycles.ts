import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
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

/** `STORE CYCLES EVERY`: opens the store, submits a task and closes it, again and again; prints a {@link StoreSample} a line. */
const [file, cycles, every] = process.argv.slice(2) as [string, string, string];
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

for (let cycle = 1; cycle <= Number(cycles); cycle += 1) {
  const store = await openSqliteStore(file);
  await store.submit([textSpec(`task ${cycle}`)]);
  const walOpen = sizeOf(`${file}-wal`);
  await store.close();
  if (cycle % Number(every) !== 0) continue;
  // The thread's last handles are closed in the turns after its end.
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  const sample: StoreSample = {
    cycle,
    rss,
    heap: heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
    threads: Number(/^Threads:\s*(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]),
    walOpen,
    walClosed: sizeOf(`${file}-wal`),
  };
  process.stdout.write(`${JSON.stringify(sample)}\n`);
}
