import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { runChild } from '../run-child.js';
import { claimOne, rejects, textSpec, withFolder } from '../support.js';

test('an open store does not keep its process', () =>
  withFolder(async (folder) => {
    const { code, lines, errors } = await runChild('idle', [path.join(folder, 'store.sqlite')]);
    assert.equal({ code, lines, errors }, { code: 0, lines: ['done'], errors: '' });
  }));

test('two stores on one file share the tasks', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const clock = { now: 1_000 };
    const read = () => ({ wall: clock.now, lease: clock.now, epoch: 'boot' });
    const [one, two] = await Promise.all([
      openSqliteStore(file, { clock: read }),
      openSqliteStore(file, { clock: read }),
    ]);
    await Promise.all([
      one.submit(Array.from({ length: 30 }, (_, index) => textSpec(`a${index}`))),
      two.submit(Array.from({ length: 30 }, (_, index) => textSpec(`a${index}`))),
    ]);
    assert.is(await one.count(), 30);
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? one : two).claim(`w${index}`, 1_000)),
    );
    assert.is(new Set(claims.flatMap((claimed) => (claimed === null ? [] : [claimed.task.id]))).size, 30);
    clock.now += 1_000;
    const late = claims.find((claimed) => claimed?.lease.owner === 'w0');
    assert.ok(late);
    const next = await claimOne(two, [late.task.id]);
    await rejects(one.complete(late.lease, {}, 1), 'LEASE_LOST');
    await two.complete(next.lease, {}, 1);
    assert.is((await one.get(late.task.id))?.status, 'completed');
    await Promise.all([one.close(), two.close()]);
  }));

test.run();
