import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SerializedError } from '../../src/domain/errors.js';
import type { TaskRecord } from '../../src/domain/task.js';
import { cli, RecordingLingua, taskRecord } from './support.js';

const CREATED = '2026-01-02T03:04:05.000Z';

function storeWith(...tasks: TaskRecord[]): RecordingLingua {
  const lingua = new RecordingLingua();
  for (const task of tasks) lingua.tasksById.set(task.id, task);
  return lingua;
}

const failed: SerializedError = { code: 'ENGINE_CRASHED', message: 'The engine\tdied.', retryable: true, details: {} };
const text = (id: string, change: Partial<TaskRecord> = {}) =>
  taskRecord(id, { text: 'Hello.', textId: `text ${id}`, languages: ['de'] }, change);

test('tasks list passes its filter on and prints one task a line', async () => {
  const lingua = storeWith(text('t1', { status: 'failed', error: failed, textId: 'talk' }));
  const argv = ['tasks', 'list', '--status', 'FAILED', '--text-id', 'talk', '--limit', '3', '--order', 'ended'];
  const plain = await cli(argv, { lingua: lingua.api() });
  assert.is(plain.stdout, `t1\tfailed\ttext\ttalk\tde\t${CREATED}\tThe engine\\tdied.\n`);
  assert.equal(lingua.filters, [{ status: 'failed', limit: 3, textId: 'talk', order: 'ended', offset: 0 }]);
  const json = await cli([...argv, '--json'], { lingua: lingua.api() });
  assert.equal(json.records().at(-1), { type: 'summary', total: 1, completed: 0, failed: 1, cancelled: 0 });
});

test('tasks list takes several states, and a store of any size page by page', async () => {
  const lingua = storeWith(...Array.from({ length: 1203 }, (_, index) => text(`t${index}`)));
  const { stdout } = await cli(['tasks', 'list', '--status', 'completed,failed', '--offset', '3'], {
    lingua: lingua.api(),
  });
  assert.is(stdout.split('\n').length - 1, 1200);
  assert.equal(
    lingua.filters.map((filter) => [filter?.limit, filter?.offset, filter?.status]),
    [3, 503, 1003].map((offset) => [500, offset, ['completed', 'failed']]),
  );
});

test('a terminal gets a table of the first hundred, with local times and what waits for a retry', async () => {
  const notBefore = new Date(Date.now() + 90_000).toISOString();
  const lingua = storeWith(
    ...Array.from({ length: 150 }, (_, index) => text(`t${index}`, { status: 'pending', notBefore })),
  );
  const { stdout, stderr } = await cli(['tasks', 'ls'], { lingua: lingua.api(), terminal: true });
  assert.match(stdout, /│ task +│ status +│ type/);
  assert.match(stdout, /│ t99 .*pending, retry in 1m\d\ds/);
  assert.not.match(stdout, /│ t100 /);
  assert.match(stderr, /the first 100; --limit and --offset show more/);
});

test('tasks show tells all, with every attempt and what the host left behind', async () => {
  const details = { signal: 'SIGSEGV', window: 4, stderr: 'line one\nline two\u001b[2J\n' };
  const lingua = storeWith(
    taskRecord(
      't1',
      { audio: '/rec/a.wav', textId: 'a', languages: ['de', 'fr'], referenceText: 'x'.repeat(200) },
      {
        status: 'failed',
        error: failed,
        crashes: 1,
        completedAt: '2026-01-02T03:05:37.000Z',
        audioDuration: 92,
        processingTime: 9.2,
      },
    ),
  );
  const startedAt = CREATED;
  lingua.attemptsById.set('t1', [
    {
      number: 1,
      owner: 'pid 7',
      startedAt,
      endedAt: '2026-01-02T03:04:35.000Z',
      outcome: 'crash',
      error: { ...failed, details },
    },
    { number: 2, owner: 'pid 8', startedAt, endedAt: null, outcome: 'running', error: null },
  ]);
  const { stdout } = await cli(['tasks', 'show', 't1'], { lingua: lingua.api() });
  assert.match(stdout, /^status +failed$/m);
  assert.match(stdout, /^targets +de, fr$/m);
  assert.match(stdout, /^ended .*1m32s after it was submitted$/m);
  assert.match(stdout, /^audio +1m32s$/m);
  assert.match(stdout, /^work +9\.2s, real-time factor 0\.100$/m);
  assert.match(stdout, /^attempts +1; 0 retries, 1 crashes, 0 lost owners$/m);
  assert.match(stdout, /^ {2}#1 {2}crash .*, 30s {2}pid 7$/m);
  assert.match(stdout, /^ {6}signal: SIGSEGV\n {6}window: 4\n {6}stderr:\n {8}line one\n {8}line two\\u001b\[2J$/m);
  assert.match(stdout, /^ {2}#2 {2}running {2}since /m);
  const json = await cli(['tasks', 'show', 't1', '--json'], { lingua: lingua.api() });
  const [record] = json.records() as Array<{ attempt_list: unknown[]; task_id: string; crashes: number }>;
  assert.is(record?.task_id, 't1');
  assert.is(record?.crashes, 1);
  assert.equal(record?.attempt_list[0], {
    number: 1,
    owner: 'pid 7',
    started_at: startedAt,
    ended_at: '2026-01-02T03:04:35.000Z',
    outcome: 'crash',
    error: { ...failed, details },
  });
  assert.is((await cli(['tasks', 'show', 'none'], { lingua: lingua.api() })).code, 2);
});

test('tasks retry puts named tasks back, or all failed ones, and leaves what was submitted again', async () => {
  const lingua = storeWith(
    ...Array.from({ length: 600 }, (_, index) => text(`f${index}`, { status: 'failed' })),
    text('c', { status: 'cancelled' }),
    text('d'),
  );
  const named = await cli(['tasks', 'retry', 'c', 'd'], { lingua: lingua.api() });
  assert.is(named.code, 5);
  assert.is(named.stdout, 'pending  text c  c\n');
  assert.match(named.stderr, /error: d: Task d is completed\./);
  // Submitted again by somebody else after the list was made.
  const retry = lingua.retry.bind(lingua);
  lingua.retry = async (id) => {
    if (id === 'f7') lingua.tasksById.set(id, text(id));
    return retry(id);
  };
  const all = await cli(['tasks', 'retry', '--failed'], { lingua: lingua.api() });
  assert.is(all.code, 0);
  assert.is(all.stdout.split('\n').length - 1, 599);
  assert.match(all.stderr, /f7 is left as it is/);
  assert.match(all.stderr, /next: the command that submitted them/);
  assert.is([...lingua.tasksById.values()].filter(({ status }) => status === 'failed').length, 0);
  const none = await cli(['tasks', 'retry', '--failed'], { lingua: lingua.api() });
  assert.match(none.stderr, /no failed tasks/);
});

test('tasks cancel and delete act on each, and name what is not there', async () => {
  const lingua = storeWith(text('a', { status: 'pending' }), text('b'));
  assert.is((await cli(['tasks', 'cancel', 'a'], { lingua: lingua.api() })).stdout, 'cancelled  a\n');
  const { code, stdout, stderr } = await cli(['tasks', 'delete', 'a', 'none', 'b', '--outputs'], {
    lingua: lingua.api(),
  });
  assert.is(code, 5);
  assert.is(stdout, 'deleted  a\ndeleted  b\n');
  assert.match(stderr, /error: none: There is no task "none" in the store\./);
  assert.equal(lingua.calls[0], { delete: 'a', options: { outputs: true } });
  const gone = await cli(['tasks', 'rm', 'a', '--json'], { lingua: lingua.api() });
  assert.is(gone.code, 2);
  assert.equal(gone.records().at(-1), { type: 'summary', total: 1, completed: 0, failed: 1, cancelled: 0 });
});

test('tasks prune passes its bounds on, and counts only with --dry-run', async () => {
  const old = new Date(Date.now() - 8 * 86_400_000).toISOString();
  const lingua = storeWith(
    ...Array.from({ length: 700 }, (_, index) => text(`o${index}`, { completedAt: old })),
    ...Array.from({ length: 5 }, (_, index) => text(`n${index}`, { completedAt: new Date().toISOString() })),
  );
  const argv = ['tasks', 'prune', '--older-than', '7d', '--keep', '10', '--status', 'completed', '--outputs'];
  const { stdout } = await cli(argv, { lingua: lingua.api() });
  assert.is(stdout, '3 tasks deleted\n');
  const asked = { keep: 10, olderThanMs: 7 * 86_400_000, status: 'completed', outputs: true };
  assert.equal(lingua.calls, [{ prune: asked }]);
  const dry = await cli([...argv, '--dry-run'], { lingua: lingua.api() });
  assert.is(dry.stdout, '690 tasks would be deleted\n');
  assert.is(lingua.calls.length, 1);
  const json = await cli([...argv, '--json'], { lingua: lingua.api() });
  assert.equal(json.records()[0], { type: 'pruned', deleted: 3, dry_run: false });
});

test.run();
