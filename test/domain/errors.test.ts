import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ERROR_TRAITS, isErrorCode, toVoiceLinguaError, VoiceLinguaError } from '../../src/domain/errors.js';

test('an error carries its code, whether a retry helps, and facts', () => {
  const cause = new Error('EIO');
  const error = new VoiceLinguaError('INPUT_READ_FAILED', 'a.wav broke off.', { cause, details: { path: 'a.wav' } });
  assert.instance(error, Error);
  assert.is(error.name, 'VoiceLinguaError');
  assert.is(error.category, 'input');
  assert.is(error.retryable, true);
  assert.is(error.cause, cause);
  assert.is(new VoiceLinguaError('INPUT_READ_FAILED', 'x', { retryable: false }).retryable, false);
});

test('an error survives being stored and sent', () => {
  const error = new VoiceLinguaError('MODEL_INVALID', 'Bad model.', { details: { path: 'm.bin' } });
  const back = toVoiceLinguaError(JSON.parse(JSON.stringify(error)));
  assert.equal(back.toJSON(), error.toJSON());
  assert.is(toVoiceLinguaError(error), error);
});

test('whatever is thrown becomes an error of the library', () => {
  const foreign = new TypeError('of no use');
  assert.is(toVoiceLinguaError(foreign).code, 'INTERNAL');
  assert.is(toVoiceLinguaError(foreign).cause, foreign);
  for (const thrown of [undefined, null, 'text', 7, Symbol('s'), { code: 'ENOENT' }]) {
    assert.is(toVoiceLinguaError(thrown).code, 'INTERNAL');
  }
});

test('codes are told from other texts', () => {
  for (const code of Object.keys(ERROR_TRAITS)) assert.ok(isErrorCode(code));
  for (const other of ['ENOENT', 'toString', '', 7, null]) assert.not.ok(isErrorCode(other));
});

test.run();
