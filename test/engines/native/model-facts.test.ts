import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rememberingModels } from '../../../src/engines/native/model-facts.js';
import type { PoolCall } from '../../../src/pool/pool.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-facts-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A pool that counts its calls, and what it answers. */
function counting(answer: (call: PoolCall) => Promise<unknown>) {
  const calls: string[] = [];
  const runner = rememberingModels({
    run: <T>(call: PoolCall) => {
      calls.push(call.method);
      return answer(call) as Promise<T>;
    },
  });
  return { calls, runner };
}

test('what is asked of a model is asked once, as long as its files are the same', async () => {
  const path = join(folder, 'model');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'model.bin'), 'one');
  const { calls, runner } = counting(() => Promise.resolve({ family: 'm2m100' }));
  const info = (tokenizer: string | null = null) =>
    runner.run({ method: 'translatorInfo', params: { path, tokenizer }, group: String(calls.length) });
  const [first, second] = await Promise.all([info(), info()]);
  assert.is(first, second);
  await info();
  assert.ok(calls.length <= 2, 'two that come at once may both ask');
  const before = calls.length;
  await info('whitespace');
  assert.is(calls.length, before + 1, 'with another tokenizer it may be another model');
  writeFileSync(join(path, 'model.bin'), 'another');
  await info();
  assert.is(calls.length, before + 2);
  await runner.run({ method: 'translate', params: { path } });
  await runner.run({ method: 'translate', params: { path } });
  assert.is(calls.length, before + 4, 'work is no question');
});

test('who asks after one that was cancelled asks again', async () => {
  let fail = true;
  const { calls, runner } = counting(() => (fail ? Promise.reject(new Error('cancelled')) : Promise.resolve(1)));
  const ask = () => runner.run({ method: 'inspectModel', params: { path: join(folder, 'none') } });
  await ask().then(
    () => assert.unreachable('the first fails'),
    (error: Error) => assert.is(error.message, 'cancelled'),
  );
  fail = false;
  assert.equal([await ask(), await ask(), calls.length], [1, 1, 2]);
});

test.run();
