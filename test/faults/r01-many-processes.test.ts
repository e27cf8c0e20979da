import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { seededRandom } from '../fixtures/random.js';
import { integrity, runChild } from '../store/run-child.js';
import { withFolder } from '../store/support.js';

const PROCESSES = 10;
const SUBMITS = 100;

function processes(work: (index: number) => ReturnType<typeof runChild>) {
  return Promise.all(Array.from({ length: PROCESSES }, (_, index) => work(index)));
}

test('ten processes submit into one new store at once, and ten work it off: nothing lost, nothing doubled, never busy', () =>
  withFolder(async (folder) => {
    const random = seededRandom('R1');
    const file = path.join(folder, 'new', 'folder', 'store.sqlite');
    const submitted = await processes((index) =>
      runChild('submit', [file, `p${index}`, String(SUBMITS), random.pick(['one-by-one', 'at-once'])]),
    );
    for (const { code, errors } of submitted) assert.equal({ code, errors }, { code: 0, errors: '' });
    const acknowledged = submitted.flatMap((outcome) => outcome.lines);
    const store = await openSqliteStore(file);
    const stored = await store.list();
    assert.is(stored.length, PROCESSES * SUBMITS);
    assert.is(new Set(stored.map((task) => task.textId)).size, PROCESSES * SUBMITS);
    assert.equal(new Set(stored.map((task) => task.id)), new Set(acknowledged));
    assert.is(integrity(file), 'ok');

    const drained = await processes((index) => runChild('drain', [file, `w${index}`, String(1 + random.below(8))]));
    for (const { code, errors } of drained) assert.equal({ code, errors }, { code: 0, errors: '' });
    const done = drained.flatMap((outcome) => outcome.lines);
    assert.is(done.length, PROCESSES * SUBMITS, 'each task was completed by one process');
    assert.equal(new Set(done), new Set(acknowledged));
    const ended = await store.list({ status: 'completed' });
    await store.close();
    assert.is(ended.length, PROCESSES * SUBMITS);
    assert.ok(ended.every((task) => task.attempts === 1 && task.losses === 0));
    assert.is(integrity(file), 'ok');
  }));

test('what a process acknowledged before it was killed is there', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const random = seededRandom('R1 kills during submit');
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const mode = random.pick(['one-by-one', 'at-once']);
      const killAfter = 1 + random.below(400);
      const outcome = await runChild('submit', [file, `r${round}`, '5000', mode], { killAfter });
      assert.is(outcome.signal, 'SIGKILL', outcome.errors);
      acknowledged.push(...outcome.lines);
      const store = await openSqliteStore(file);
      const stored = new Set((await store.list()).map((task) => task.id));
      await store.close();
      assert.equal(
        acknowledged.filter((id) => !stored.has(id)),
        [],
      );
      assert.is(integrity(file), 'ok');
    }
  }));

test.run();
