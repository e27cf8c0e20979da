import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { retryDelay, shouldRetry } from '../../src/domain/backoff.js';
import { ERROR_TRAITS, type ErrorCode, VoiceLinguaError } from '../../src/domain/errors.js';
import { seededRandom } from '../fixtures/random.js';

const LATEST = () => 1;

test("delays without jitter are the seed's: 60 s doubled, at most 300 s", () => {
  const delays = [0, 1, 2, 3, 4, 20, 2000].map((retries) => retryDelay(retries, {}, LATEST));
  assert.equal(delays, [60_000, 120_000, 240_000, 300_000, 300_000, 300_000, 300_000]);
});

test('jitter takes between none and half of the delay away, over the whole range', () => {
  const random = seededRandom('backoff');
  for (let retries = 0; retries < 6; retries++) {
    const full = Math.min(1000 * 2 ** retries, 9000);
    const delays = Array.from({ length: 400 }, () => retryDelay(retries, { baseMs: 1000, capMs: 9000 }, random.next));
    assert.ok(delays.every((delay) => delay >= full / 2 && delay <= full));
    assert.ok(Math.min(...delays) < full * 0.55);
    assert.ok(Math.max(...delays) > full * 0.95);
  }
});

test('a cap below the base holds', () => {
  assert.is(retryDelay(0, { baseMs: 60_000, capMs: 10 }, LATEST), 10);
  assert.is(retryDelay(5, { baseMs: 0 }, LATEST), 0);
});

function failure(code: ErrorCode): VoiceLinguaError {
  return new VoiceLinguaError(code, 'failed');
}

test('what may pass is retried, as often as allowed', () => {
  for (const code of ['ENGINE_FAILED', 'ENGINE_CRASHED', 'OUT_OF_MEMORY', 'STORE_BUSY', 'DISK_FULL'] as const) {
    assert.ok(shouldRetry(failure(code), 0, 3), code);
    assert.ok(shouldRetry(failure(code), 2, 3), code);
    assert.not.ok(shouldRetry(failure(code), 3, 3), code);
    assert.not.ok(shouldRetry(failure(code), 0, 0), code);
  }
});

test('what lies with the caller, the model or the input is never retried, not even when the error says it may pass', () => {
  const codes = (Object.keys(ERROR_TRAITS) as ErrorCode[]).filter((code) =>
    ['usage', 'model', 'input', 'cancelled'].includes(ERROR_TRAITS[code].category),
  );
  assert.ok(codes.includes('INPUT_PERMISSION') && codes.includes('INPUT_READ_FAILED') && codes.includes('CLOSED'));
  for (const code of codes) {
    assert.not.ok(shouldRetry(new VoiceLinguaError(code, 'failed', { retryable: true }), 0, 3), code);
  }
});

test('the flag of the single error decides, both ways', () => {
  assert.not.ok(shouldRetry(new VoiceLinguaError('OUT_OF_MEMORY', 'never fits', { retryable: false }), 0, 3));
  assert.ok(shouldRetry(new VoiceLinguaError('INTERNAL', 'odd', { retryable: true }), 0, 3));
  assert.not.ok(shouldRetry(failure('DEADLINE_EXCEEDED'), 0, 3));
  assert.not.ok(shouldRetry(failure('TASK_QUARANTINED'), 0, 3));
});

test('a stored error is judged as the thrown one', () => {
  assert.ok(shouldRetry(failure('ENGINE_FAILED').toJSON(), 0, 3));
  assert.not.ok(shouldRetry(failure('INPUT_NOT_FOUND').toJSON(), 0, 3));
});

test.run();
