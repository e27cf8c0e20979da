import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CircuitBreaker,
  type CircuitBreakerSettings,
  isEngineFailure,
  type Passage,
  withBreaker,
} from '../../src/admission/circuit-breaker.js';
import { type ErrorCode, VoiceLinguaError } from '../../src/domain/errors.js';
import { seededRandom } from '../fixtures/random.js';
import { ManualClock, settle } from './manual-clock.js';

const KEY = 'whisper.cpp small';

function setUp(settings: CircuitBreakerSettings = {}) {
  const clock = new ManualClock();
  const changes: string[] = [];
  const breaker = new CircuitBreaker({
    clock,
    onChange: (key, state, openMs) => changes.push(`${key} ${state} ${openMs}`),
    ...settings,
  });
  const fail = async (times: number, key = KEY) => {
    for (let i = 0; i < times; i++) (await breaker.enter(key)).failure();
  };
  return { clock, breaker, changes, fail };
}

/** Asks to enter and remembers when it was let in. */
function waiter(breaker: CircuitBreaker, name: string, entered: string[], signal?: AbortSignal) {
  const call = { name, passage: null as Passage | null, error: undefined as unknown };
  breaker.enter(KEY, signal).then(
    (passage) => {
      entered.push(name);
      call.passage = passage;
    },
    (error) => {
      call.error = error;
    },
  );
  return call;
}

test('it stays closed below five failures in a row, and a success starts the count again', async () => {
  const { breaker, fail, clock } = setUp();
  await fail(4);
  (await breaker.enter(KEY)).success();
  await fail(4);
  assert.is(breaker.state(KEY), 'closed');
  (await breaker.enter(KEY)).neutral();
  assert.is(breaker.state(KEY), 'closed');
  await fail(1);
  assert.is(breaker.state(KEY), 'open');
  assert.is(clock.timers, 0, 'no timer without a waiting call');
});

test('calls wait while it is open; one probes, its success lets all in, in order', async () => {
  const { breaker, fail, clock, changes } = setUp();
  await fail(5);
  const entered: string[] = [];
  const calls = ['a', 'b', 'c'].map((name) => waiter(breaker, name, entered));
  await clock.move(9_999);
  assert.equal(entered, []);
  await clock.move(1);
  assert.equal(entered, ['a']);
  assert.is(breaker.state(KEY), 'probing');
  const late = waiter(breaker, 'd', entered);
  await clock.move(60_000);
  assert.equal(entered, ['a'], 'one probe, however long it takes');
  calls[0]?.passage?.success();
  await settle();
  assert.equal(entered, ['a', 'b', 'c', 'd']);
  assert.ok(late.passage);
  assert.is(breaker.state(KEY), 'closed');
  assert.equal(changes, [`${KEY} open 10000`, `${KEY} probing 10000`, `${KEY} closed 10000`]);
  assert.is(clock.timers, 0);
});

test('a probe that fails doubles the time, up to two minutes; a success starts at ten seconds again', async () => {
  const { breaker, fail, clock } = setUp();
  await fail(5);
  for (const seconds of [10, 20, 40, 80, 120, 120]) {
    const entered: string[] = [];
    const call = waiter(breaker, 'probe', entered);
    await clock.move(seconds * 1000 - 1);
    assert.equal(entered, [], `${seconds} s`);
    await clock.move(1);
    assert.equal(entered, ['probe'], `${seconds} s`);
    call.passage?.failure();
  }
  await clock.move(120_000);
  (await breaker.enter(KEY)).success();
  await fail(5);
  await clock.move(9_999);
  assert.is(breaker.state(KEY), 'open');
  await clock.move(1);
  (await breaker.enter(KEY)).success();
  assert.is(breaker.state(KEY), 'closed');
});

test('the first call after the time is over probes at once when nobody waited', async () => {
  const { breaker, fail, clock } = setUp();
  await fail(5);
  await clock.move(3_600_000);
  const passage = await breaker.enter(KEY);
  assert.is(breaker.state(KEY), 'probing');
  passage.success();
  assert.is(breaker.state(KEY), 'closed');
});

test('a probe that learns nothing hands on to the next one', async () => {
  const { breaker, fail, clock } = setUp();
  await fail(5);
  const entered: string[] = [];
  const calls = ['a', 'b', 'c'].map((name) => waiter(breaker, name, entered));
  await clock.move(10_000);
  calls[0]?.passage?.neutral();
  await settle();
  assert.equal(entered, ['a', 'b']);
  calls[1]?.passage?.failure();
  await clock.move(19_999);
  assert.equal(entered, ['a', 'b'], 'the failed probe doubled the time once');
  await clock.move(1);
  assert.equal(entered, ['a', 'b', 'c']);
  calls[2]?.passage?.neutral();
  (await breaker.enter(KEY)).success();
  assert.is(breaker.state(KEY), 'closed');
});

test('calls that began before it opened have no say, and nobody has one twice', async () => {
  const { breaker, fail, clock } = setUp();
  const early = await Promise.all([1, 2, 3, 4].map(() => breaker.enter(KEY)));
  await fail(5);
  early[0]?.success();
  assert.is(breaker.state(KEY), 'open');
  await clock.move(10_000);
  const probe = await breaker.enter(KEY);
  early[1]?.success();
  early[2]?.failure();
  early[3]?.neutral();
  assert.is(breaker.state(KEY), 'probing');
  probe.success();
  probe.failure();
  assert.is(breaker.state(KEY), 'closed');
  await fail(4);
  assert.is(breaker.state(KEY), 'closed');
});

test('an aborted call leaves the queue, and with the last one the timer goes', async () => {
  const { breaker, fail, clock } = setUp();
  await fail(5);
  const entered: string[] = [];
  const aborts = [new AbortController(), new AbortController()];
  const calls = aborts.map(({ signal }, index) => waiter(breaker, String(index), entered, signal));
  assert.is(clock.timers, 1);
  const reason = new Error('stop');
  aborts[0]?.abort(reason);
  await settle();
  assert.is(calls[0]?.error, reason);
  assert.is(clock.timers, 1);
  aborts[1]?.abort(reason);
  await settle();
  assert.is(clock.timers, 0);
  assert.equal(entered, []);
  const gone = new AbortController();
  gone.abort(reason);
  assert.is(waiterError(await Promise.allSettled([breaker.enter(KEY, gone.signal)])), reason);
});

function waiterError([result]: PromiseSettledResult<unknown>[]): unknown {
  return result?.status === 'rejected' ? result.reason : undefined;
}

test('an abort after the call was let in changes nothing', async () => {
  const { breaker, fail, clock } = setUp();
  await fail(5);
  const entered: string[] = [];
  const abort = new AbortController();
  waiter(breaker, 'a', entered, abort.signal);
  const second = waiter(breaker, 'b', entered);
  await clock.move(10_000);
  abort.abort(new Error('late'));
  await clock.move(60_000);
  assert.equal(entered, ['a']);
  assert.is(second.error, undefined);
});

test('keys are on their own', async () => {
  const { breaker, fail } = setUp({ failures: 1 });
  await fail(1, 'other');
  assert.is(breaker.state('other'), 'open');
  assert.is(breaker.state(KEY), 'closed');
  (await breaker.enter(KEY)).success();
});

test('whatever happens, every call is let in or aborted, and never two probes at once', async () => {
  const random = seededRandom('circuit breaker');
  for (let round = 0; round < 150; round++) {
    const { breaker, clock } = setUp({ failures: 1 + random.below(3), openMs: 10, maxOpenMs: 80 });
    const inside: Array<{ passage: Passage; probe: boolean }> = [];
    let started = 0;
    let left = 0;
    const aborts: AbortController[] = [];
    const finish = (): void => {
      const [call] = inside.splice(random.below(inside.length), 1);
      if (call === undefined) return;
      left++;
      random.pick([call.passage.success, call.passage.failure, call.passage.failure, call.passage.neutral])();
    };
    for (let step = 0; step < 60; step++) {
      const choice = random.below(10);
      if (choice < 4) {
        started++;
        const abort = new AbortController();
        aborts.push(abort);
        breaker.enter(KEY, abort.signal).then(
          (passage) => inside.push({ passage, probe: breaker.state(KEY) === 'probing' }),
          () => left++,
        );
      } else if (choice < 7) finish();
      else if (choice < 9) await clock.move(random.below(60));
      else if (aborts.length > 0) random.pick(aborts).abort(new Error('stop'));
      await settle();
      assert.ok(inside.filter(({ probe }) => probe).length <= 1 || breaker.state(KEY) !== 'probing');
    }
    for (let rest = 0; rest < 400 && left < started; rest++) {
      while (inside.length > 0) finish();
      await clock.move(80);
    }
    assert.is(left, started);
    assert.is(clock.timers, 0);
  }
});

const failed = (code: ErrorCode, details: Record<string, unknown> = {}) =>
  new VoiceLinguaError(code, 'failed', { details });

test("only the engine's own failures count", () => {
  for (const code of ['ENGINE_FAILED', 'ENGINE_CRASHED', 'OUT_OF_MEMORY', 'NATIVE_LOAD_FAILED'] as const) {
    assert.ok(isEngineFailure(failed(code)), code);
  }
  for (const code of [
    'INPUT_CORRUPT',
    'INVALID_ARGUMENT',
    'CANCELLED',
    'DEADLINE_EXCEEDED',
    'MODEL_INVALID',
  ] as const) {
    assert.not.ok(isEngineFailure(failed(code)), code);
  }
  assert.not.ok(isEngineFailure(failed('ENGINE_CRASHED', { deliberate: true })));
  assert.not.ok(isEngineFailure(failed('ENGINE_CRASHED', { culprit: 'other' })));
  assert.ok(isEngineFailure(failed('ENGINE_CRASHED', { culprit: 'self', deliberate: false })));
  assert.not.ok(isEngineFailure(new Error('anything')));
});

test('calls behind a breaker: failures of the engine open it, those of the input do not', async () => {
  const { breaker, clock } = setUp({ failures: 3 });
  const outcomes: Array<ErrorCode | null> = [];
  let made = 0;
  const run = withBreaker(
    async <T>(_: { method: string; signal?: AbortSignal }): Promise<T> => {
      made++;
      const code = outcomes.shift() ?? null;
      if (code !== null) throw failed(code);
      return made as T;
    },
    breaker,
    ({ method }) => (method === 'assess' ? null : KEY),
  );
  const call = (method = 'recognize') => run<number>({ method }).catch((error: VoiceLinguaError) => error.code);
  outcomes.push('ENGINE_FAILED', 'INPUT_CORRUPT', 'ENGINE_CRASHED', 'INPUT_CORRUPT');
  for (let i = 0; i < 4; i++) await call();
  assert.is(breaker.state(KEY), 'closed');
  outcomes.push('OUT_OF_MEMORY');
  assert.is(await call(), 'OUT_OF_MEMORY');
  assert.is(breaker.state(KEY), 'open');
  assert.is(await call('assess'), 6, 'a call without a key passes');
  outcomes.push('INPUT_CORRUPT');
  const waiting = [call(), call()];
  await clock.move(10_000);
  assert.equal(await Promise.all(waiting), ['INPUT_CORRUPT', 8], 'the second one was the probe that told');
  assert.is(breaker.state(KEY), 'closed');
});

test('a cancelled call says nothing, whatever it rejects with', async () => {
  const { breaker } = setUp({ failures: 1 });
  const abort = new AbortController();
  const run = withBreaker(
    async <T>(_: { signal?: AbortSignal }): Promise<T> => {
      abort.abort();
      throw failed('ENGINE_FAILED');
    },
    breaker,
    () => KEY,
  );
  await run({ signal: abort.signal }).catch(() => undefined);
  assert.is(breaker.state(KEY), 'closed');
});

test('a process whose only work waits lives until it is let in, and an open breaker alone holds none', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'circuit-child.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [code] = await once(child, 'close');
  clearTimeout(deadline);
  assert.is(code, 0);
  assert.is(output, 'let in\n');
});

test.run();
