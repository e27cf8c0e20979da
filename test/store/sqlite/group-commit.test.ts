import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDatabase, StoreDatabase } from '../../../src/store/sqlite/database.js';
import { GroupCommit } from '../../../src/store/sqlite/group-commit.js';
import { operationsOn } from '../../../src/store/sqlite/operations.js';
import type { StoreMethod, StoreReply } from '../../../src/store/sqlite/protocol.js';
import type { Checkpoint, ClaimedTask, SubmittedTask, TaskStore } from '../../../src/store/task-store.js';
import { content, ManualClock, textSpec } from '../support.js';

/** Counts the transactions that write, each of which ends with a commit that waits for the disk. */
class CountingDatabase extends StoreDatabase {
  commits = 0;

  override sql<Row = unknown>(text: string) {
    if (text === 'BEGIN IMMEDIATE') this.commits += 1;
    return super.sql<Row>(text);
  }
}

function setUp() {
  const { connection, path } = openDatabase(':memory:', { busyTimeoutMs: 0 });
  const db = new CountingDatabase(connection, path);
  const group = new GroupCommit(db, operationsOn(db));
  const now = new ManualClock().read();
  const run = (...calls: ReadonlyArray<readonly [StoreMethod, ...unknown[]]>): StoreReply[] =>
    group.run(calls.map(([method, ...args], id) => ({ id, method, now, args })));
  const value = <T>(reply: StoreReply | undefined): T => {
    assert.ok(reply && 'value' in reply, JSON.stringify(reply));
    return reply.value as T;
  };
  return { db, run, value };
}

function codeOf(reply: StoreReply | undefined): string | undefined {
  return reply !== undefined && 'error' in reply ? reply.error.code : undefined;
}

test('requests that came together share one commit, and reads see what came before them', () => {
  const { db, run, value } = setUp();
  const replies = run(
    ['count'],
    ['submit', [textSpec('a')]],
    ['count'],
    ['submit', [textSpec('b'), textSpec('a')]],
    ['count'],
  );
  assert.is(db.commits, 1);
  assert.equal(
    replies.map((reply) => reply.id),
    [0, 1, 2, 3, 4],
  );
  assert.equal(
    [replies[0], replies[2], replies[4]].map((reply) => value<number>(reply)),
    [0, 1, 2],
  );
  run(['count'], ['list']);
  run(['select', 's', []], ['settled', 's', 1], ['get', 'x']);
  assert.is(db.commits, 1, 'reading and selecting commit nothing');
});

test('a request that fails half-way undoes itself alone', () => {
  const { run, value } = setUp();
  run(['submit', [textSpec('a'), textSpec('b')]]);
  const [a, b] = run(['claim', 'w', 1_000], ['claim', 'w', 1_000]).map((reply) => value<ClaimedTask>(reply)) as [
    ClaimedTask,
    ClaimedTask,
  ];
  const piece = (name: string): Checkpoint => ({ stage: 's', piece: name, fingerprint: 'f', result: name });
  const replies = run(
    ['saveTranslations', a.lease, [piece('a1')], [content(a.task)]],
    ['saveTranslations', a.lease, [piece('a2')], [content(a.task, { language: 'fr' }), content(b.task)]],
    ['saveTranslations', b.lease, [piece('b1')], [content(b.task)]],
    ['complete', { ...b.lease, fencing: 7 }, {}, 1],
    ['complete', a.lease, {}, 1],
  );
  assert.equal(replies.map(codeOf), [undefined, 'INVALID_ARGUMENT', undefined, 'LEASE_LOST', undefined]);
  const [ofA, ofB, checkpoints] = run(
    ['translations', { taskId: a.task.id }],
    ['translations', { taskId: b.task.id }],
    ['checkpoints', a.task.id],
  );
  assert.is(value<unknown[]>(ofA).length, 1);
  assert.is(value<unknown[]>(ofB).length, 1);
  assert.equal(
    value<Checkpoint[]>(checkpoints).map((checkpoint) => checkpoint.piece),
    ['a1'],
  );
});

test('a selection outlives the failure of its neighbours, and undoes itself with its own', () => {
  const { db, run, value } = setUp();
  const [submitted] = run(['submit', [textSpec('a'), textSpec('b')]]);
  const [a, b] = value<SubmittedTask[]>(submitted).map(({ id }) => id) as [string, string];
  const settled = (reply: StoreReply | undefined) => {
    const { tasks, open } = value<Awaited<ReturnType<TaskStore['settled']>>>(reply);
    return [tasks.map(({ id }) => id), open];
  };
  run(
    ['submit', [textSpec('c'), textSpec('')]],
    ['select', 's', [a, 'gone']],
    ['select', 's', [b, 5n]],
    ['cancel', 'no-such-task'],
    ['cancel', b],
  );
  assert.equal(settled(run(['settled', 's', 9])[0]), [['gone'], 1]);
  const pages = db.connection.pragma('page_count', { simple: true }) as number;
  db.connection.pragma(`max_page_count = ${pages + 20}`);
  const huge = textSpec('huge', { text: 'x'.repeat(2_000_000) });
  const replies = run(
    ['select', 's', [b]],
    ['submit', [huge]],
    ['settled', 's', 9],
    ['cancel', a],
    ['settled', 's', 9],
  );
  assert.equal(replies.map(codeOf), [undefined, 'DISK_FULL', undefined, undefined, undefined]);
  assert.equal(settled(replies[2]), [[b], 1], 'told once, though the group was begun twice');
  assert.equal(settled(replies[4]), [[a], 0]);
});

test('when the disk is full for one, the others are stored', () => {
  const { db, run, value } = setUp();
  const pages = db.connection.pragma('page_count', { simple: true }) as number;
  db.connection.pragma(`max_page_count = ${pages + 50}`);
  const replies = run(
    ['submit', [textSpec('a')]],
    ['submit', [textSpec('huge', { text: 'x'.repeat(2_000_000) })]],
    ['submit', [textSpec('b')]],
    ['count'],
  );
  assert.equal(replies.map(codeOf), [undefined, 'DISK_FULL', undefined, undefined]);
  assert.is(value<number>(replies[3]), 2);
  assert.is(value<SubmittedTask[]>(replies[2]).length, 1);
  db.connection.pragma(`max_page_count = ${pages + 5_000}`);
  assert.is(codeOf(run(['submit', [textSpec('huge', { text: 'x'.repeat(2_000_000) })]])[0]), undefined);
  assert.is(db.connection.pragma('integrity_check', { simple: true }), 'ok');
});

test.run();
