import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { BackOff } from '../../src/pool/back-off.js';
import { ChildHost, type ChildHostOptions } from '../../src/pool/child-host.js';

const entry = new URL('./echo-host.ts', import.meta.url);

async function withHost(
  use: (host: ChildHost) => Promise<void>,
  options: Partial<ChildHostOptions> & { settings?: object } = {},
): Promise<void> {
  const host = new ChildHost({
    entry,
    args: (generation) => [JSON.stringify({ ...options.settings, generation })],
    recycleTasks: 1000,
    recycleGrowth: 2 ** 30,
    ...options,
  });
  try {
    await use(host);
  } finally {
    await host.close();
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

const generation = (host: ChildHost, group?: string): Promise<number> =>
  host.run<number>({ method: 'generation', params: {}, group });

/** Waits for what another process does in its own time. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + 20_000; !holds(); await delay(10)) {
    assert.ok(performance.now() < end, what);
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('calls cross to the process and back: values, typed arrays, progress, coded errors', async () => {
  await withHost(async (host) => {
    assert.equal(await host.ready(), { pid: host.pids[0] });
    const given = { text: 'ü', samples: Float32Array.of(0.5, -1), nothing: undefined, list: [1, [2]] };
    assert.equal(await host.run({ method: 'params', params: given }), given);
    const seen: number[] = [];
    assert.is(
      await host.run({ method: 'progress', params: {}, onProgress: (fraction) => seen.push(fraction) }),
      'done',
    );
    assert.equal(seen, [0.5, 1]);
    const error = await rejection(host.run({ method: 'fail', params: {} }));
    assert.instance(error, VoiceLinguaError);
    assert.is(error.code, 'MODEL_INVALID');
    assert.equal(error.details, { path: 'x' });
  });
});

test('a start that fails says why, to every call', async () => {
  await withHost(
    async (host) => {
      const both = [host.run({ method: 'echo', params: {} }), host.ready()].map(rejection);
      for (const error of await Promise.all(both)) assert.is(error.code, 'NATIVE_LOAD_FAILED');
    },
    { settings: { refuse: true } },
  );
});

test('an abort reaches a blocked lane of the process, and rejects with the reason', async () => {
  await withHost(async (host) => {
    const abort = new AbortController();
    const running = host.run({ method: 'block', params: {}, signal: abort.signal });
    const reason = new Error('enough');
    setTimeout(() => abort.abort(reason), 200);
    assert.is(await rejection(running), reason as VoiceLinguaError);
    assert.is(
      await rejection(host.run({ method: 'echo', params: {}, signal: abort.signal })),
      reason as VoiceLinguaError,
    );
    assert.is(await host.run({ method: 'echo', params: { value: 'free again' } }), 'free again');
  });
});

test('a death fails what was in flight, with its exit code and last words; the next call starts another', async () => {
  await withHost(async (host) => {
    const words = `${'x'.repeat(6000)}\nout of ideas\n`;
    await host.run({ method: 'stderr', params: { text: words } });
    const call = { method: 'exit', params: { code: 7 }, group: 'a', label: 'talk', facts: { window: 2 } };
    const error = await rejection(host.run(call));
    assert.is(error.code, 'ENGINE_CRASHED');
    const { culprit, exitCode, signal, stderr, method, label, window } = error.details;
    assert.equal([culprit, exitCode, signal, method, label, window], ['this', 7, null, 'exit', 'talk', 2]);
    assert.ok(String(stderr).endsWith('out of ideas\n'));
    assert.ok(String(stderr).length <= 4096);
    assert.is(await generation(host), 1);
  });
});

test('who did it is not known when several groups were at work', async () => {
  await withHost(async (host) => {
    const calls = [
      host.run({ method: 'block', params: {}, group: 'a' }),
      host.run({ method: 'block', params: {}, group: 'b' }),
    ].map(rejection);
    await host.ready();
    await host.run({ method: 'kill', params: {}, group: 'a' }).catch(() => undefined);
    for (const error of await Promise.all(calls)) {
      assert.is(error.code, 'ENGINE_CRASHED');
      assert.is(error.details.culprit, 'unknown');
      assert.is(error.details.signal, 'SIGKILL');
    }
  });
});

test('kill ends the process: its group rejects with the reason, the others with a crash that is not theirs', async () => {
  await withHost(async (host) => {
    const bad = rejection(host.run({ method: 'hang', params: { ms: 60_000 }, group: 'bad' }));
    const good = rejection(host.run({ method: 'block', params: {}, group: 'good' }));
    await host.ready();
    const [pid] = host.pids;
    const reason = new VoiceLinguaError('DEADLINE_EXCEEDED', 'too long');
    host.kill('bad', reason);
    assert.is(await bad, reason);
    const { code, details } = await good;
    assert.is(code, 'ENGINE_CRASHED');
    assert.is(details.culprit, 'other');
    assert.is(details.deliberate, true);
    assert.is(await generation(host, 'good'), 1);
    await until(() => !lives(pid as number), 'the killed process is gone');
  });
});

test('kill of a group that has nothing in flight hurts nobody', async () => {
  await withHost(async (host) => {
    await generation(host, 'idle');
    const other = host.run({ method: 'hang', params: { ms: 300 }, group: 'other' });
    host.kill('idle', new VoiceLinguaError('DEADLINE_EXCEEDED', 'too long'));
    host.kill('never seen', new VoiceLinguaError('DEADLINE_EXCEEDED', 'too long'));
    assert.is(await other, 'came back');
    assert.equal(await host.run({ method: 'released', params: {} }), ['idle']);
  });
});

test('a process that keeps dying is started again after growing waits, which an abort or a kill ends', async () => {
  let time = 0;
  const backOff = new BackOff({ steps: [0, 60_000, 300], now: () => time });
  await withHost(
    async (host) => {
      for (let i = 0; i < 2; i++) await rejection(host.run({ method: 'exit', params: { code: 1 } }));
      const abort = new AbortController();
      const aborted = host.run({ method: 'echo', params: {}, signal: abort.signal });
      const killed = host.run({ method: 'echo', params: {}, group: 'k' });
      abort.abort('not now');
      assert.is(await rejection(aborted), 'not now' as unknown as VoiceLinguaError);
      const reason = new VoiceLinguaError('DEADLINE_EXCEEDED', 'too long');
      host.kill('k', reason);
      assert.is(await rejection(killed), reason);
      assert.equal(host.pids, []);
      // What only tidies up needs no new process.
      assert.is(await host.run({ method: 'echo', params: {}, group: 'k', tidying: true }), undefined);
      assert.equal(host.pids, []);
      time = 60_000;
      assert.is(await generation(host), 2);
      await rejection(host.run({ method: 'exit', params: { code: 1 } }));
      const before = performance.now();
      const both = [generation(host), generation(host)];
      assert.equal(await Promise.all(both), [3, 3]);
      assert.ok(performance.now() - before >= 299, 'it waited');
    },
    { backOff },
  );
});

test('after so many tasks new ones go to a new process, while the old one ends what it has', async () => {
  await withHost(
    async (host) => {
      assert.is(await generation(host, 'long'), 0);
      const [old] = host.pids;
      for (const task of ['a', 'b']) {
        assert.is(await generation(host, task), 0);
        host.release(task);
      }
      assert.is(await generation(host, 'c'), 1);
      assert.is(await generation(host, 'long'), 0, 'what it has open is there');
      assert.is(host.pids.length, 2);
      host.release('long');
      await until(() => !lives(old as number), 'the old process is gone');
      assert.is(await generation(host, 'c'), 1);
    },
    { recycleTasks: 2 },
  );
});

test('a process that grows is replaced', async () => {
  await withHost(
    async (host) => {
      await host.run({ method: 'grow', params: { bytes: 900 }, group: 'a' });
      await delay(600);
      await host.run({ method: 'grow', params: { bytes: 0 }, group: 'a' });
      assert.is(await generation(host, 'b'), 0);
      await host.run({ method: 'grow', params: { bytes: 101 }, group: 'a' });
      await delay(600);
      await host.run({ method: 'grow', params: { bytes: 0 }, group: 'a' });
      await until(() => host.loadedModels().length === 0, 'told');
      await delay(50);
      assert.is(await generation(host, 'c'), 1);
      assert.is(await generation(host, 'a'), 0);
    },
    { recycleGrowth: 1000 },
  );
});

test('it tells which models are loaded, and what the engines log', async () => {
  const entries: unknown[] = [];
  await withHost(
    async (host) => {
      assert.equal(host.loadedModels(), []);
      await host.run({ method: 'load', params: { models: ['/models/a.bin'] } });
      await until(() => host.loadedModels().length === 1, 'the model is told');
      assert.equal(host.loadedModels(), ['/models/a.bin']);
      await host.run({ method: 'log', params: {} });
      assert.equal(entries, [{ level: 'info', source: 'voicelingua', message: 'hello' }]);
      await rejection(host.run({ method: 'exit', params: { code: 1 } }));
      assert.equal(host.loadedModels(), []);
    },
    { onLog: (more) => entries.push(...more) },
  );
});

test('close ends the process and what is in flight, and is final', async () => {
  const host = new ChildHost({
    entry,
    args: (count) => [JSON.stringify({ generation: count })],
    recycleTasks: 10,
    recycleGrowth: 1e9,
  });
  const running = rejection(host.run({ method: 'hang', params: { ms: 60_000 } }));
  await host.ready();
  const [pid] = host.pids;
  await host.close();
  assert.is((await running).code, 'CLOSED');
  assert.not(lives(pid as number));
  assert.is((await rejection(host.run({ method: 'echo', params: {} }))).code, 'CLOSED');
  await host.close();
});

test.run();
