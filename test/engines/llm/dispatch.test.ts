import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../../src/domain/errors.js';
import { CostLedger } from '../../../src/engines/llm/cost.js';
import { Dispatcher, type DispatchParts } from '../../../src/engines/llm/dispatch.js';
import type { ChatAnswer, ChatMessage, ChatOptions, ChatProvider } from '../../../src/engines/llm/provider.js';
import { RateLimiter } from '../../../src/engines/llm/rate-limit.js';
import { FakeClock } from './fake-clock.js';
import { breaksOff, fails, good, silent, startMock } from './mock-server.js';
import { errorOf, providerOf } from './support.js';

const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'Translate.' },
  { role: 'user', content: '{"lines":[{"id":1,"text":"Hi"}]}' },
];
const OPTIONS: ChatOptions = { model: 'mock', maxOutputTokens: 100 };
const ANSWER: ChatAnswer = {
  text: 'Hola',
  finishReason: 'stop',
  usage: { inputTokens: 5, cachedInputTokens: 0, outputTokens: 2 },
};

type Step = ChatAnswer | VoiceLinguaError;

/** A provider that answers from a list, its last entry for ever, and notes when it was asked. */
function scripted(clock: FakeClock, steps: readonly Step[]) {
  const asked: Array<{ readonly at: number; readonly timeoutMs: number | undefined }> = [];
  const provider: ChatProvider = {
    name: 'scripted',
    endpoint: 'http://127.0.0.1',
    complete: (_, { timeoutMs }) => {
      asked.push({ at: clock.now(), timeoutMs });
      const step = steps[Math.min(asked.length, steps.length) - 1] as Step;
      return step instanceof VoiceLinguaError ? Promise.reject(step) : Promise.resolve(step);
    },
  };
  return { provider, asked };
}

function failure(code: 'PROVIDER_LIMIT' | 'PROVIDER_FAILED' | 'PROVIDER_AUTH', details: object = {}): VoiceLinguaError {
  return new VoiceLinguaError(code, 'no', { details: { ...details } });
}

function dispatcherOf(steps: readonly Step[], parts: DispatchParts = {}) {
  const clock = new FakeClock();
  const { provider, asked } = scripted(clock, steps);
  const random = (): number => 0;
  return { dispatcher: new Dispatcher(provider, { clock, random, ...parts }), asked, clock };
}

test('what may pass is tried again after ever longer waits', async () => {
  const busy = failure('PROVIDER_FAILED', { status: 503 });
  const { dispatcher, asked, clock } = dispatcherOf([busy, busy, busy, ANSWER]);
  assert.is(await dispatcher.send(MESSAGES, OPTIONS, 10), ANSWER);
  assert.equal(clock.sleeps, [500, 1000, 2000]);
  assert.is(asked.length, 4);
});

test('a wait that the provider asks for holds, for other requests too', async () => {
  const limited = failure('PROVIDER_LIMIT', { status: 429, retryAfterMs: 20_000 });
  const clock = new FakeClock();
  const { provider, asked } = scripted(clock, [limited, ANSWER]);
  const limiter = new RateLimiter({ concurrency: 1 }, clock);
  const dispatcher = new Dispatcher(provider, { clock, limiter });
  await Promise.all([1, 2, 3].map(() => dispatcher.send(MESSAGES, OPTIONS, 10)));
  assert.is(asked.length, 4);
  assert.equal(
    asked.map(({ at }) => at).filter((at) => at < 20_000),
    [0],
  );
});

test('attempts end: after the last retry, and for what a retry cannot help', async () => {
  const few = dispatcherOf([failure('PROVIDER_LIMIT', { status: 429 })], { retry: { maxRetries: 2 } });
  assert.is((await errorOf(few.dispatcher.send(MESSAGES, OPTIONS, 10))).code, 'PROVIDER_LIMIT');
  assert.is(few.asked.length, 3);
  const auth = dispatcherOf([failure('PROVIDER_AUTH', { status: 401 })]);
  assert.is((await errorOf(auth.dispatcher.send(MESSAGES, OPTIONS, 10))).code, 'PROVIDER_AUTH');
  assert.is(auth.asked.length, 1);
});

test('no wait goes beyond the deadline, and none is begun that would', async () => {
  const long = failure('PROVIDER_LIMIT', { status: 429, retryAfterMs: 3_600_000 });
  const { dispatcher, asked, clock } = dispatcherOf([long]);
  const error = await errorOf(dispatcher.send(MESSAGES, OPTIONS, 10));
  assert.is(error.details.retryAfterMs, 3_600_000);
  assert.equal([asked.length, clock.sleeps.length], [1, 0]);
  const busy = failure('PROVIDER_FAILED', { status: 500 });
  const short = dispatcherOf([busy], { retry: { deadlineMs: 4000, maxRetries: 50 } });
  await errorOf(short.dispatcher.send(MESSAGES, OPTIONS, 10));
  assert.ok(short.clock.now() < 4000);
  assert.ok(short.asked.length > 1 && short.asked.length < 6);
  assert.equal(
    short.asked.map(({ at, timeoutMs }) => at + (timeoutMs ?? 0)),
    short.asked.map(() => 4000),
  );
});

test('the signal ends a wait, with its reason', async () => {
  const busy = failure('PROVIDER_FAILED', { status: 500 });
  const clock = new FakeClock();
  const { provider } = scripted(clock, [busy]);
  const dispatcher = new Dispatcher(provider, { retry: { baseMs: 60_000 } });
  const controller = new AbortController();
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 20);
  const began = performance.now();
  assert.is(await dispatcher.send(MESSAGES, OPTIONS, 10, controller.signal).catch((thrown: unknown) => thrown), reason);
  assert.ok(performance.now() - began < 5000);
});

test('every attempt takes its turn at the limiter', async () => {
  const clock = new FakeClock();
  const { provider, asked } = scripted(clock, [failure('PROVIDER_FAILED', { status: 500 }), ANSWER]);
  const limiter = new RateLimiter({ requestsPerMinute: 1, concurrency: 1 }, clock);
  const dispatcher = new Dispatcher(provider, { clock, limiter });
  await dispatcher.send(MESSAGES, OPTIONS, 10);
  assert.equal(
    asked.map(({ at }) => at),
    [0, 60_000],
  );
});

test('money: error answers are free, broken requests count in full, the budget stops before it is passed', async () => {
  const prices = { input: 1, output: 1 };
  const ledger = new CostLedger(prices, 0.001);
  const broken = failure('PROVIDER_FAILED');
  const { dispatcher, asked } = dispatcherOf([failure('PROVIDER_FAILED', { status: 500 }), broken, ANSWER], { ledger });
  await dispatcher.send(MESSAGES, OPTIONS, 10);
  const { requests, guessedRequests, inputTokens, outputTokens } = ledger.totals();
  assert.equal([requests, guessedRequests, outputTokens], [2, 1, 102]);
  const sent = Buffer.byteLength(JSON.stringify(MESSAGES));
  assert.ok(inputTokens >= sent + 5, 'the bound is less than the bytes that were sent');
  let error: VoiceLinguaError | null = null;
  while (error === null)
    error = await dispatcher.send(MESSAGES, OPTIONS, 10).then(
      () => null,
      (thrown) => thrown,
    );
  assert.is(error.code, 'BUDGET_EXCEEDED');
  assert.ok((ledger.totals().cost as number) <= 0.001);
  const before = asked.length;
  await errorOf(dispatcher.send(MESSAGES, OPTIONS, 10));
  assert.is(asked.length, before, 'it was asked without money');
});

test('a place is free again after a budget stopped a request', async () => {
  const clock = new FakeClock();
  const { provider } = scripted(clock, [ANSWER]);
  const limiter = new RateLimiter({ concurrency: 1 }, clock);
  const ledger = new CostLedger({ input: 1, output: 1 }, 0);
  const dispatcher = new Dispatcher(provider, { clock, limiter, ledger });
  for (let count = 0; count < 3; count++) await errorOf(dispatcher.send(MESSAGES, OPTIONS, 10));
  (await limiter.acquire(1)).release();
});

test('over HTTP: Retry-After as seconds and as date, a reset, a time-out, then the answer', async () => {
  const date = { 'retry-after': 'Wed, 01 Jul 2026 10:00:30 GMT', date: 'Wed, 01 Jul 2026 10:00:00 GMT' };
  await using server = await startMock(
    fails(429, {}, { 'retry-after': '12' }),
    fails(503, {}, date),
    breaksOff,
    silent,
    good,
  );
  const clock = new FakeClock();
  const provider = providerOf(server, { timeoutMs: 1500 });
  const dispatcher = new Dispatcher(provider, { clock, random: () => 0, limiter: new RateLimiter({}, clock) });
  const answer = await dispatcher.send(MESSAGES, OPTIONS, 10);
  assert.match(answer.text, 'Hi');
  assert.is(server.requests.length, 5);
  assert.equal(clock.sleeps.slice(0, 2), [12_000, 30_000]);
});

test.run();
