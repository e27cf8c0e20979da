import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { textSpec } from '../support.js';

/** Opens a store, uses it and leaves it open: nothing must keep this process. */
const store = await openSqliteStore(process.argv[2] as string);
await store.submit([textSpec('a')]);
process.stdout.write('done\n');
