import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock, unlessAborted } from '../../../src/engines/llm/clock.js';

const reason = new Error('enough');

test('a sleep lasts as long as it says, and ends with the signal', async () => {
  const began = systemClock.now();
  await systemClock.sleep(30);
  assert.ok(systemClock.now() - began >= 29);
  const controller = new AbortController();
  const sleep = systemClock.sleep(2 ** 40, controller.signal).catch((thrown: unknown) => thrown);
  setTimeout(() => controller.abort(reason), 5);
  assert.is(await sleep, reason);
  assert.is(await systemClock.sleep(0, controller.signal).catch((thrown: unknown) => thrown), reason);
  assert.ok(systemClock.now() - began < 10_000);
});

test('a promise is given up when the signal aborts', async () => {
  const controller = new AbortController();
  assert.is(await unlessAborted(Promise.resolve(7), controller.signal), 7);
  assert.is(await unlessAborted(Promise.resolve(8), undefined), 8);
  const never = unlessAborted(new Promise(() => undefined), controller.signal).catch((thrown: unknown) => thrown);
  controller.abort(reason);
  assert.is(await never, reason);
});

test.run();
