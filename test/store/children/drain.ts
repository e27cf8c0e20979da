import { openSqliteStore } from '../../../src/store/sqlite/open.js';

/** Claims and completes tasks, some at once, until none is left, and prints the id of each once it is acknowledged. */
const [file, owner, lanes] = process.argv.slice(2) as [string, string, string];
const store = await openSqliteStore(file);
const lane = async (): Promise<void> => {
  for (let claimed = await store.claim(owner, 60_000); claimed !== null; claimed = await store.claim(owner, 60_000)) {
    await store.complete(claimed.lease, {}, 0);
    process.stdout.write(`${claimed.task.id}\n`);
  }
};
await Promise.all(Array.from({ length: Number(lanes) }, lane));
await store.close();
