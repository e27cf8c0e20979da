import { VoiceLinguaError } from '../../../src/domain/errors.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { textSpec } from '../support.js';

/** Submits ever more text until the disk (or the limit on file sizes) refuses it; prints what happened. */
process.on('SIGXFSZ', () => {});
const store = await openSqliteStore(process.argv[2] as string);
const acknowledged: string[] = [];
let code = '';
for (let size = 1_000; code === ''; size *= 2) {
  try {
    const [task] = await store.submit([textSpec(`t${size}`, { text: 'x'.repeat(size) })]);
    acknowledged.push(task?.id ?? '');
  } catch (error) {
    code = error instanceof VoiceLinguaError ? error.code : String(error);
  }
}
const after = await store.count().then(
  (count) => (count === acknowledged.length ? 'ok' : `${count} tasks`),
  (error) => String(error),
);
await store.close();
process.stdout.write(JSON.stringify({ acknowledged, code, after }));
