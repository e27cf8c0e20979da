import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import type { BatchRule } from '../../src/pool/call-batch.js';
import { LanePool, type LanePoolCall, type LanePoolOptions } from '../../src/pool/lane-pool.js';

const worker = new URL('./echo-lane.ts', import.meta.url);

function open(
  lanes: number,
  more: Pick<LanePoolOptions, 'onShared' | 'expecting'> = {},
): { pool: LanePool; flags: Int32Array; released: number[] } {
  const flags = new Int32Array(new SharedArrayBuffer(4 * 256));
  const released: number[] = [];
  let next = 1;
  const tokens = {
    create: () => next++,
    cancel: (token: number) => {
      Atomics.store(flags, token, 1);
      Atomics.notify(flags, token);
    },
    release: (token: number) => {
      released.push(token);
    },
  };
  return { pool: new LanePool({ worker, lanes, workerData: { flags }, tokens, ...more }), flags, released };
}

async function blocked(flags: Int32Array, count: number): Promise<void> {
  while (Atomics.load(flags, 0) < count) {
    const waiting = Atomics.waitAsync(flags, 0, Atomics.load(flags, 0), 1000);
    if (waiting.async) await waiting.value;
  }
}

async function rejection(promise: Promise<unknown>): Promise<VoiceLinguaError> {
  try {
    await promise;
  } catch (error) {
    return error as VoiceLinguaError;
  }
  throw new Error('expected a rejection');
}

test('calls are answered, with progress', async () => {
  const { pool, released } = open(2);
  assert.is(await pool.run({ method: 'echo', params: { value: 'ü' } }), 'ü');
  const seen: number[] = [];
  assert.is(await pool.run({ method: 'progress', params: {}, onProgress: (value) => seen.push(value) }), 'done');
  assert.equal(seen, [0.5, 1]);
  assert.is(released.length, 2);
  await pool.close();
});

test('an error keeps its code and details over the thread border', async () => {
  const { pool } = open(1);
  const error = await rejection(pool.run({ method: 'fail', params: {} }));
  assert.instance(error, VoiceLinguaError);
  assert.is(error.code, 'MODEL_INVALID');
  assert.equal(error.details, { path: 'x' });
  await pool.close();
});

test('an abort reaches a blocked lane through its token, and rejects with the reason', async () => {
  const { pool, flags } = open(1);
  const abort = new AbortController();
  const running = pool.run({ method: 'block', params: {}, signal: abort.signal });
  await blocked(flags, 1);
  const queued = pool.run({ method: 'echo', params: { value: 1 }, signal: AbortSignal.abort('at once') });
  assert.is(await rejection(queued), 'at once' as unknown as VoiceLinguaError);
  const reason = new Error('enough');
  abort.abort(reason);
  assert.is(await rejection(running), reason as VoiceLinguaError);
  assert.is(await pool.run({ method: 'echo', params: { value: 'free again' } }), 'free again');
  await pool.close();
});

test('a queued call that is aborted leaves the queue', async () => {
  const { pool, flags } = open(1);
  const first = new AbortController();
  const running = pool.run({ method: 'block', params: {}, signal: first.signal });
  await blocked(flags, 1);
  const second = new AbortController();
  const queued = pool.run({ method: 'block', params: {}, signal: second.signal });
  second.abort('not now');
  assert.is(await rejection(queued), 'not now' as unknown as VoiceLinguaError);
  first.abort('stop');
  await rejection(running);
  assert.is(Atomics.load(flags, 0), 1, 'the aborted call never started');
  await pool.close();
});

test('a lane that dies fails its call and is started again', async () => {
  const { pool } = open(1);
  assert.is((await rejection(pool.run({ method: 'die', params: {} }))).code, 'ENGINE_CRASHED');
  assert.is(await pool.run({ method: 'echo', params: { value: 'alive' } }), 'alive');
  await pool.close();
});

test('lanes work at once', async () => {
  const { pool, flags } = open(3);
  const abort = new AbortController();
  const calls = [1, 2, 3].map(() => pool.run({ method: 'block', params: {}, signal: abort.signal }));
  await blocked(flags, 3);
  abort.abort('all');
  for (const error of await Promise.all(calls.map(rejection))) assert.is(error, 'all' as unknown as VoiceLinguaError);
  await pool.close();
});

test('a lane that dies says whose work it was', async () => {
  const { pool } = open(1);
  const error = await rejection(
    pool.run({ method: 'die', params: {}, group: 'task', label: 'talk', facts: { window: 3 } }),
  );
  const { culprit, method, label, window, exitCode } = error.details;
  assert.equal([culprit, method, label, window, exitCode], ['this', 'die', 'talk', 3, 3]);
  await pool.close();
});

test('kill rejects what a group has in the queue and on lanes, at once; a lane that obeys its token stays', async () => {
  const { pool, flags } = open(1);
  assert.is(await pool.run({ method: 'hold', params: { name: 'model' }, holds: 'model' }), true);
  const running = pool.run({ method: 'block', params: {}, group: 'bad' });
  await blocked(flags, 1);
  const queued = pool.run({ method: 'echo', params: { value: 1 }, group: 'bad' });
  const other = pool.run({ method: 'echo', params: { value: 2 }, group: 'good' });
  const reason = new VoiceLinguaError('DEADLINE_EXCEEDED', 'too long');
  pool.kill('bad', reason);
  assert.is(await rejection(running), reason);
  assert.is(await rejection(queued), reason);
  assert.is(await other, 2);
  assert.is(await pool.run({ method: 'hold', params: { name: 'model' }, holds: 'model' }), false, 'the same thread');
  await pool.close();
});

test('a killed call that hangs loses its lane, and another takes its place', async () => {
  const { pool, flags } = open(1);
  const hanging = pool.run({ method: 'hang', params: { ms: 4000 }, group: 'bad' });
  await blocked(flags, 1);
  const reason = new VoiceLinguaError('DEADLINE_EXCEEDED', 'too long');
  pool.kill('bad', reason);
  assert.is(await rejection(hanging), reason);
  assert.is(await pool.run({ method: 'echo', params: { value: 'goes on' } }), 'goes on');
  assert.is(pool.lanes, 1);
  // The thread is still in its call: the answer above came from another.
  assert.is(Atomics.load(flags, 0), 1);
  Atomics.notify(flags, 255);
  await pool.close();
});

test('a call goes to the lane that holds what it needs, until the lanes let go of it', async () => {
  const { pool, flags } = open(2);
  const abort = new AbortController();
  const starts: boolean[] = [];
  const onStart = (fresh: boolean): void => {
    starts.push(fresh);
  };
  const hold = (name: string): Promise<boolean> =>
    pool.run<boolean>({ method: 'hold', params: { name }, holds: name, onStart });
  const blocking = pool.run({ method: 'block', params: {}, signal: abort.signal });
  await blocked(flags, 1);
  assert.is(await hold('b'), true);
  abort.abort('enough');
  await rejection(blocking);
  // Both lanes are free now, and the one that was blocked has been free for a shorter time.
  for (let i = 0; i < 3; i++) assert.is(await hold('b'), false);
  await pool.letGo('b', { method: 'drop', params: { name: 'b' } });
  assert.is(await hold('b'), true);
  assert.equal(starts, [true, false, false, false, true]);
  await pool.close();
});

test('a busy lane lets go after its call, and nobody waits for it', async () => {
  const { pool, flags } = open(1);
  const abort = new AbortController();
  assert.is(await pool.run({ method: 'hold', params: { name: 'a' }, holds: 'a' }), true);
  const blocking = pool.run({ method: 'block', params: {}, signal: abort.signal });
  await blocked(flags, 1);
  await pool.letGo('a', { method: 'drop', params: { name: 'a' } });
  const again = pool.run({ method: 'hold', params: { name: 'a' }, holds: 'a' });
  abort.abort('enough');
  await rejection(blocking);
  assert.is(await again, true, 'it had been dropped before');
  await pool.close();
});

test('close ends calls that run by their tokens', async () => {
  const { pool, flags } = open(1);
  const running = pool.run({ method: 'block', params: {} });
  await blocked(flags, 1);
  const error = rejection(running);
  await pool.close();
  assert.is((await error).code, 'CLOSED');
});

test('after close every call is refused', async () => {
  const { pool } = open(1);
  await pool.run({ method: 'echo', params: { value: 1 } });
  await pool.close();
  assert.is((await rejection(pool.run({ method: 'echo', params: { value: 1 } }))).code, 'CLOSED');
});

const MOST_TOGETHER = 3;
const rule: BatchRule = {
  key: 'k',
  most: MOST_TOGETHER,
  join: (calls) => ({
    params: { items: calls.map(({ params }) => params.item) },
    split: (answer) => answer as string[],
  }),
};

function joined(item: string, more: Partial<LanePoolCall> = {}): LanePoolCall {
  return { method: 'joined', params: { item }, group: item, batch: rule, ...more };
}

/** Has the only lane busy until `free` is called, so that calls gather meanwhile. */
async function busy(pool: LanePool, flags: Int32Array): Promise<{ free: () => void }> {
  const abort = new AbortController();
  const blocking = pool.run({ method: 'block', params: {}, signal: abort.signal });
  blocking.catch(() => undefined);
  await blocked(flags, 1);
  return { free: () => abort.abort() };
}

test('calls that wait together are served together, as many as fit, and only those of one key', async () => {
  const { pool, flags } = open(1);
  const { free } = await busy(pool, flags);
  const calls = ['a', 'b', 'c', 'd'].map((item) => pool.run(joined(item)));
  const other = pool.run(joined('x', { batch: { ...rule, key: 'other' } }));
  const alone = pool.run(joined('y', { alone: true }));
  free();
  assert.equal(await Promise.all(calls), ['a of a b c', 'b of a b c', 'c of a b c', 'd of d']);
  assert.is(await other, 'x of x');
  assert.is(await alone, 'y of y');
  await pool.close();
});

test('calls of several rows fill a call by their rows, those of like length and higher priority first', async () => {
  const { pool, flags } = open(1);
  const { free } = await busy(pool, flags);
  const sized = (item: string, rows: number, length: number, more: Partial<LanePoolCall> = {}) =>
    pool.run<string>(joined(item, { batch: { ...rule, most: 8, rows, length }, ...more }));
  const calls = [
    sized('first', 3, 10),
    sized('far', 3, 90),
    sized('too many', 6, 10),
    sized('near', 2, 12),
    sized('urgent', 1, 70, { priority: 0 }),
    sized('nearer', 2, 11),
  ];
  free();
  const answers = await Promise.all(calls);
  assert.is(answers[0], 'first of first nearer near urgent');
  assert.is(answers[1], 'far of far');
  assert.is(answers[2], 'too many of too many');
  await pool.close();
});

test('a call may wait for others though none are known to come', async () => {
  const { pool } = open(1);
  const patient = (item: string) => joined(item, { batch: { ...rule, gatherMs: 20, gather: 'always' } });
  const first = pool.run<string>(patient('a'));
  await new Promise((resolve) => setTimeout(resolve, 2));
  const second = pool.run<string>(patient('b'));
  assert.equal(await Promise.all([first, second]), ['a of a b', 'b of a b']);
  await pool.close();
});

test('while more are expected, an idle lane waits a while for a fuller call', async () => {
  let expecting = true;
  const { pool } = open(1, { expecting: () => expecting });
  const gathering = (item: string, gatherMs: number) => joined(item, { batch: { ...rule, gatherMs } });
  // As many as go together: nothing to wait for.
  const full = ['a', 'b', 'c'].map((item) => pool.run<string>(gathering(item, 60_000)));
  assert.is((await Promise.all(full))[2], 'c of a b c');
  // Other calls do not wait behind it.
  const one = pool.run<string>(gathering('d', 60_000));
  assert.is(await pool.run<string>(joined('x', { batch: { ...rule, key: 'other' } })), 'x of x');
  const two = pool.run<string>(gathering('e', 60_000));
  expecting = false;
  pool.dispatch();
  assert.equal(await Promise.all([one, two]), ['d of d e', 'e of d e']);
  // Time is up.
  expecting = true;
  const started = performance.now();
  assert.is(await pool.run<string>(gathering('f', 30)), 'f of f');
  assert.ok(performance.now() - started >= 29);
  // A call that is to be served alone does not wait at all, nor is anybody left waiting when the pool closes.
  assert.is(await pool.run<string>({ ...gathering('g', 60_000), alone: true }), 'g of g');
  const last = rejection(pool.run(gathering('h', 60_000)));
  await pool.close();
  assert.is((await last).code, 'CLOSED');
});

test('what waits is shared out among the idle lanes', async () => {
  const { pool } = open(2);
  // Nothing waits for the first call; the lanes that are left share the rest.
  const calls = ['a', 'b', 'c', 'd'].map((item) => pool.run<string>(joined(item)));
  const answers = await Promise.all(calls);
  assert.is(answers[0], 'a of a');
  assert.is(answers[1], 'b of b');
  await pool.close();
});

test('when a shared call fails, each is served again alone and only the guilty one fails', async () => {
  const { pool, flags } = open(1);
  const { free } = await busy(pool, flags);
  const good = [pool.run(joined('a')), pool.run(joined('b'))];
  const bad = rejection(pool.run(joined('fail')));
  free();
  assert.equal(await Promise.all(good), ['a of a', 'b of b']);
  assert.is((await bad).message, 'failed with fail');
  await pool.close();
});

test('when a shared call ends its thread, only the guilty one is told so', async () => {
  const { pool, flags } = open(1);
  const { free } = await busy(pool, flags);
  const good = pool.run(joined('a'));
  const bad = rejection(pool.run(joined('die')));
  free();
  assert.is(await good, 'a of a');
  assert.is((await bad).code, 'ENGINE_CRASHED');
  assert.is((await bad).details.culprit, 'this');
  await pool.close();
});

test('one of several leaves at once; the engine is stopped when the last has left', async () => {
  const { pool, flags, released } = open(1);
  const { free } = await busy(pool, flags);
  const first = new AbortController();
  const second = new AbortController();
  const one = rejection(pool.run(joined('block', { signal: first.signal })));
  const two = rejection(pool.run(joined('b', { signal: second.signal })));
  free();
  await blocked(flags, 2);
  first.abort('first');
  assert.is(await one, 'first' as unknown as VoiceLinguaError);
  assert.is(released.length, 1, 'the engine still works for the other');
  second.abort('second');
  assert.is(await two, 'second' as unknown as VoiceLinguaError);
  assert.is(await pool.run({ method: 'echo', params: { value: 'free' } }), 'free');
  await pool.close();
});

test('a group that is killed goes; what was served with it is served again', async () => {
  const { pool, flags } = open(1);
  const { free } = await busy(pool, flags);
  const bad = rejection(pool.run(joined('block')));
  const good = pool.run(joined('b'));
  free();
  await blocked(flags, 2);
  const reason = new VoiceLinguaError('DEADLINE_EXCEEDED', 'too long');
  pool.kill('block', reason);
  assert.is(await bad, reason);
  assert.is(await good, 'b of b');
  await pool.close();
});

test('calls that are served together have a mark of their own', async () => {
  const shared: Array<readonly number[]> = [];
  const { pool, flags } = open(1, {
    onShared: (marks) => {
      shared.push(marks);
      return 77;
    },
  });
  const { free } = await busy(pool, flags);
  const calls = [pool.run(joined('a', { mark: 5 })), pool.run(joined('b', { mark: 6 }))];
  free();
  await Promise.all(calls);
  await pool.run(joined('c', { mark: 7 }));
  assert.equal(shared, [[5, 6]]);
  await pool.close();
});

test.run();
