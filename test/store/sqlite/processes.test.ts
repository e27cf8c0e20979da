import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSqliteStore } from '../../../src/store/sqlite/open.js';
import { seededRandom } from '../../fixtures/random.js';
import { claimOne, rejects, textSpec, withFolder } from '../support.js';

const PROCESSES = 10;
const SUBMITS = 100;

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** @param killAfter kills the child with SIGKILL once it has printed so many lines. */
async function run(child: string, args: readonly string[], killAfter = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const script = fileURLToPath(new URL(`../children/${child}.ts`, import.meta.url));
  const spawned = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  spawned.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > killAfter) spawned.kill('SIGKILL');
  });
  spawned.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code, signal] = (await once(spawned, 'close')) as [number | null, NodeJS.Signals | null];
  // The last line of a killed child may be cut.
  return { code, signal, lines: output.split('\n').slice(0, -1), errors };
}

function integrity(file: string): unknown {
  const database = new Database(file, { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}

test('ten processes submit into one new store at once: nothing lost, nothing doubled, never busy', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'new', 'folder', 'store.sqlite');
    const outcomes = await Promise.all(
      Array.from({ length: PROCESSES }, (_, index) =>
        run('submit', [file, `p${index}`, String(SUBMITS), index % 2 === 0 ? 'one-by-one' : 'at-once']),
      ),
    );
    for (const { code, errors } of outcomes) assert.equal({ code, errors }, { code: 0, errors: '' });
    const acknowledged = outcomes.flatMap((outcome) => outcome.lines);
    const store = await openSqliteStore(file);
    const stored = await store.list();
    await store.close();
    assert.is(stored.length, PROCESSES * SUBMITS);
    assert.is(new Set(stored.map((task) => task.textId)).size, PROCESSES * SUBMITS);
    assert.equal(new Set(stored.map((task) => task.id)), new Set(acknowledged));
    assert.is(integrity(file), 'ok');
  }));

test('what a process acknowledged before it was killed is there', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'store.sqlite');
    const random = seededRandom('kills during submit');
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const mode = random.pick(['one-by-one', 'at-once']);
      const outcome = await run('submit', [file, `r${round}`, '5000', mode], 1 + random.below(400));
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

test('an open store does not keep its process', () =>
  withFolder(async (folder) => {
    const { code, lines, errors } = await run('idle', [path.join(folder, 'store.sqlite')]);
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
