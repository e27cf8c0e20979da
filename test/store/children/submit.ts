import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { textSpec } from '../support.js';

/** Submits `count` tasks named `prefix-…` in calls of one and prints the id of each once it is acknowledged. */
const [file, prefix, count, mode] = process.argv.slice(2) as [string, string, string, string];
const store = await openSqliteStore(file);
const report = async (index: number): Promise<void> => {
  const [task] = await store.submit([textSpec(`${prefix}-${index}`)]);
  process.stdout.write(`${task?.id}\n`);
};
const indices = Array.from({ length: Number(count) }, (_, index) => index);
if (mode === 'at-once') await Promise.all(indices.map(report));
else for (const index of indices) await report(index);
await store.close();
