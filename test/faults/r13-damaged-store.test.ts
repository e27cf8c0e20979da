import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import type { TaskStore } from '../../src/store/task-store.js';
import { type SeededRandom, seededRandom } from '../fixtures/random.js';
import { claimOne, completed, content, failure, rejects, textSpec, withFolder } from '../store/support.js';

const PAGE = 4_096;
const FLIPS = 150;
const LARGE_TASKS = 9_000;

/** A store with something in every table. */
async function filledStore(file: string, tasks = 150): Promise<void> {
  const store = await openSqliteStore(file);
  await store.submit(
    Array.from({ length: tasks }, (_, index) => textSpec(`t${index}`, { text: `Text ${index}. `.repeat(120) })),
  );
  for (let index = 0; index < 10; index += 1) {
    const { task, lease } = await claimOne(store);
    const checkpoint = { stage: 's', piece: String(index), fingerprint: 'f', result: 'r'.repeat(50) };
    const segment = {
      id: 0,
      start: 0,
      end: 1,
      text: 'said',
      confidence: 1,
      avg_logprob: 0,
      no_speech_prob: 0,
      tokens: [1],
    };
    await store.saveWindow(lease, checkpoint, { window: { index: 0, start: 0, end: 1 }, segments: [segment] });
    await store.saveTranslations(lease, [], [content(task, { content: `Inhalt ${index}. `.repeat(10) })]);
    await store.addOutputs(task.id, [`/out/${index}.json`]);
    if (index % 3 === 0) await store.fail(lease, failure('ENGINE_FAILED'), 1);
    else await store.complete(lease, { models: { mt: 'demo-mt' }, audioDuration: 3 }, 1);
  }
  await completed(store, textSpec('done'), [{ content: 'Fertig und gefunden.' }]);
  await store.close();
}

/** Everything that a store says of its tasks. */
async function everything(store: TaskStore): Promise<string> {
  const tasks = await store.list({ order: 'oldest' });
  const parts: unknown[] = [tasks, await store.list({ order: 'ended' }), await store.translations({})];
  parts.push(await store.translations({ contains: 'inhalt' }), await store.stats(), await store.owners());
  for (const { id } of tasks) {
    parts.push(
      await store.segments(id),
      await store.checkpoints(id),
      await store.attempts(id),
      await store.outputs(id),
    );
    parts.push(await store.translations({ taskId: id }));
  }
  return JSON.stringify(parts);
}

function remove(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
}

function flip(bytes: Buffer, random: SeededRandom, at: number): void {
  bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
}

test('refuses files that are no stores, or not whole ones, and leaves them as they are', () =>
  withFolder(async (folder) => {
    const good = path.join(folder, 'good.sqlite');
    await filledStore(good);
    const bytes = fs.readFileSync(good);
    const foreign = path.join(folder, 'foreign.sqlite');
    const other = new Database(foreign);
    other.exec('CREATE TABLE notes (text)');
    other.close();
    const random = seededRandom('R13 lengths');
    const cuts = Array.from({ length: 12 }, () => 1 + random.below(bytes.length - 1));
    const cases: ReadonlyArray<readonly [string, Buffer | string, string]> = [
      ['empty', Buffer.alloc(0), 'STORE_CORRUPT'],
      ['text', 'task_id,text\n1,hello\n'.repeat(1_000), 'STORE_CORRUPT'],
      ['zeros', Buffer.alloc(bytes.length), 'STORE_CORRUPT'],
      ['magic alone', bytes.subarray(0, 16), 'STORE_CORRUPT'],
      ['half a header', bytes.subarray(0, 60), 'STORE_CORRUPT'],
      ['one page', bytes.subarray(0, PAGE), 'STORE_CORRUPT'],
      ['within the last page', bytes.subarray(0, bytes.length - 100), 'STORE_CORRUPT'],
      ...cuts.map((length) => [`first ${length} bytes`, bytes.subarray(0, length), 'STORE_CORRUPT'] as const),
      ['foreign', fs.readFileSync(foreign), 'STORE_UNREADABLE'],
    ];
    for (const [name, given, code] of cases) {
      const file = path.join(folder, `${name}.sqlite`);
      fs.writeFileSync(file, given);
      const before = fs.readFileSync(file);
      const error = await rejects(openSqliteStore(file), code as 'STORE_CORRUPT', /left as it is|was left/);
      assert.ok(error.message.includes(file), `${name}: the message names the file`);
      assert.ok(fs.readFileSync(file).equals(before), `${name}: not a byte has changed`);
      assert.equal(
        fs.readdirSync(folder).filter((entry) => entry.startsWith(`${name}.sqlite`)),
        [`${name}.sqlite`],
        'nothing is left beside it',
      );
    }
  }));

test('a flipped bit is seen when the store is opened, or changes nothing of what it holds', () =>
  withFolder(async (folder) => {
    const good = path.join(folder, 'good.sqlite');
    await filledStore(good);
    const bytes = fs.readFileSync(good);
    const store = await openSqliteStore(good);
    const whole = await everything(store);
    await store.close();
    const random = seededRandom('R13 flipped bits');
    const file = path.join(folder, 'damaged.sqlite');
    let refused = 0;
    for (let round = 0; round < FLIPS; round += 1) {
      const damaged = Buffer.from(bytes);
      // Every other time where a page describes itself.
      const at =
        round % 2 === 0 ? random.below(bytes.length) : random.below(bytes.length / PAGE) * PAGE + random.below(20);
      flip(damaged, random, at);
      fs.writeFileSync(file, damaged);
      try {
        const opened = await openSqliteStore(file);
        const found = await everything(opened);
        await opened.close();
        assert.ok(
          found === whole,
          `bit of byte ${at} (page ${Math.floor(at / PAGE)}, ${at % PAGE}) changed it silently`,
        );
      } catch (error) {
        assert.instance(error, VoiceLinguaError, String(error));
        assert.match((error as VoiceLinguaError).code, /^STORE_(CORRUPT|NEWER|UNREADABLE)$/, String(error));
        assert.ok(fs.readFileSync(file).equals(damaged), 'it was left as it is');
        refused += 1;
      }
      remove(file);
    }
    assert.ok(refused >= FLIPS / 3, `${refused} of ${FLIPS} were seen`);
  }));

test('damage in a large store is seen when it is read, or in the background', () =>
  withFolder(async (folder) => {
    const good = path.join(folder, 'good.sqlite');
    await filledStore(good, LARGE_TASKS);
    const { size } = fs.statSync(good);
    assert.ok(size > 16 * 1024 * 1024, `${size} bytes are too many for a check at once`);
    const sound = await openSqliteStore(good, { checkAfterMs: 0 });
    const [first] = await sound.list({ order: 'oldest', limit: 1 });
    await sound.close();
    const bytes = fs.readFileSync(good);
    const random = seededRandom('R13 large store');
    const file = path.join(folder, 'damaged.sqlite');
    const text = bytes.indexOf('Text 0. Text 0.');
    const places: ReadonlyArray<readonly [string, number]> = [
      ['a text', text + random.below(800)],
      ['a page of many', Math.floor(size / PAGE / 2) * PAGE],
    ];
    for (const [name, at] of places) {
      const damaged = Buffer.from(bytes);
      flip(damaged, random, at);
      fs.writeFileSync(file, damaged);
      const store = await openSqliteStore(file, { checkAfterMs: 0 });
      if (name === 'a text') await rejects(store.get(first?.id as string), 'STORE_CORRUPT', /checksum/);
      const deadline = Date.now() + 60_000;
      let seen: unknown = null;
      while (seen === null && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen = await store.count().then(
          () => null,
          (error) => error,
        );
      }
      assert.instance(seen, VoiceLinguaError, `${name}: every call is refused in the end`);
      assert.is((seen as VoiceLinguaError).code, 'STORE_CORRUPT');
      assert.ok((seen as VoiceLinguaError).message.includes(file));
      await store.close();
      assert.ok(fs.readFileSync(file).equals(damaged), 'it was left as it is');
      remove(file);
    }
  }));

test('a sound large store stays usable, and its check ends with it', () =>
  withFolder(async (folder) => {
    const file = path.join(folder, 'large.sqlite');
    await filledStore(file, LARGE_TASKS);
    for (const waitMs of [0, 150, 3_000]) {
      const store = await openSqliteStore(file, { checkAfterMs: 0 });
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      assert.is(await store.count(), LARGE_TASKS + 1);
      await store.close();
      assert.equal(fs.readdirSync(folder), ['large.sqlite'], 'no log is left, so nobody holds the file');
    }
  }));

test.run();
