import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SUMMED } from '../../../src/store/sqlite/checksum.js';
import { openDatabase } from '../../../src/store/sqlite/database.js';
import { operationsOn } from '../../../src/store/sqlite/operations.js';
import { seededRandom } from '../../fixtures/random.js';
import { ManualClock } from '../support.js';

const TASKS = 70_000;

/** A store of several spans of blocks, made by SQL so that it takes no time; a gap is where tasks were deleted. */
function largeStore() {
  const db = openDatabase(':memory:', { busyTimeoutMs: 0 });
  db.connection.exec(`
    INSERT INTO tasks (seq, id, type, text_id, priority, idempotency_key, status, created_at, updated_at, attempts,
      fencing, progress, processing_time, models, warnings)
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${TASKS - 1})
    SELECT i, 'id-' || i, iif(i % 3 = 0, 'audio', 'text'), 'text', 0, 'key-' || i,
      iif(i % 9000 = 5, 'failed', 'completed'), 0, 0, 0, 0, 0, 0, '{}', '[]' FROM n;
    INSERT INTO task_inputs (task_seq, source_language, languages, options, sum)
      SELECT seq, 'en', '[]', '{}', voicelingua_sum('en', '[]', '{}', NULL, NULL, NULL, NULL, NULL) FROM tasks;
    UPDATE tasks SET ending = (seq * 7919) % ${TASKS}, sum = voicelingua_sum(${SUMMED.tasks.join(', ')});
    INSERT INTO task_blocks SELECT seq >> 10, status, type, COUNT(*), 0, 0, 0, 0 FROM tasks GROUP BY 1, 2, 3;
    DELETE FROM tasks WHERE seq BETWEEN 20000 AND 60000;
  `);
  const kept = Array.from({ length: TASKS }, (_, index) => index).filter((index) => index < 20_000 || index > 60_000);
  return { db, operations: operationsOn(db), kept };
}

/** The last ended first, as the large store has them. */
const byEnd = (a: number, b: number) => ((b * 7_919) % TASKS) - ((a * 7_919) % TASKS);

test('a page at any offset of a large store is the right one', () => {
  const { db, operations, kept } = largeStore();
  const now = new ManualClock().read();
  const random = seededRandom('pages');
  const kinds = [
    { filter: {}, seqs: kept },
    { filter: { type: 'audio' as const }, seqs: kept.filter((seq) => seq % 3 === 0) },
    { filter: { status: 'failed' as const }, seqs: kept.filter((seq) => seq % 9_000 === 5) },
    { filter: { status: 'pending' as const }, seqs: [] },
  ];
  for (const { filter, seqs } of kinds) {
    assert.is(operations.count(now, filter), seqs.length);
    const offsets = [0, 1_023, 1_024, 19_999, 20_000, seqs.length - 1, seqs.length];
    for (let round = 0; round < 20; round += 1) offsets.push(random.below(seqs.length + 10));
    for (const offset of offsets.filter((one) => one >= 0)) {
      for (const order of ['newest', 'oldest', 'ended'] as const) {
        const found = operations.list(now, { ...filter, order, offset, limit: 7 }).map((task) => task.id);
        const ordered = { newest: seqs.toReversed(), oldest: seqs, ended: seqs.toSorted(byEnd) }[order];
        assert.equal(
          found,
          ordered.slice(offset, offset + 7).map((seq) => `id-${seq}`),
          `${JSON.stringify(filter)} ${order} from ${offset}`,
        );
      }
    }
  }
  db.close();
});

test.run();
