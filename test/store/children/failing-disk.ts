import { writeFileSync } from 'node:fs';
import { toVoiceLinguaError } from '../../../src/domain/errors.js';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { failure, textSpec } from '../support.js';

/**
 * Uses a store while the disk under it fails in one way after the other, as the file `control` tells the preloaded library;
 * prints what each failure was reported as, and which tasks were acknowledged.
 */
const [file, control, ...failures] = process.argv.slice(2) as [string, string, ...string[]];
const reported: Record<string, string[]> = {};
const acknowledged: string[] = [];
let submitted = 0;

const attempt = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => 'ok',
    (error) => {
      const { code, retryable, message } = toVoiceLinguaError(error);
      return `${code}${retryable ? '' : ' (final)'}${message.includes(file) ? '' : ' without the path'}`;
    },
  );

const submit = async (): Promise<void> => {
  submitted += 1;
  const [task] = await store.submit([textSpec(`t${submitted}`, { text: 'x'.repeat(20_000) })]);
  acknowledged.push(task?.id ?? '');
};

const store = await openSqliteStore(file);
for (const how of failures) {
  await submit();
  await submit();
  const claimed = await store.claim('w', 60_000);
  writeFileSync(control, how);
  // At once, so that they share a commit, and alone.
  const together = await Promise.all([attempt(submit()), attempt(submit()), attempt(store.claim('w', 60_000))]);
  const alone =
    claimed === null ? 'nothing claimed' : await attempt(store.fail(claimed.lease, failure('INPUT_EMPTY'), 1));
  const reading = await attempt(store.count());
  const opening = await attempt(openSqliteStore(file).then((other) => other.close()));
  writeFileSync(control, '');
  reported[how] = [...together, alone, reading, opening];
  await submit();
  if (claimed !== null) await store.complete(claimed.lease, {}, 1);
}
await store.close();
process.stdout.write(`${JSON.stringify({ reported, acknowledged })}\n`);
