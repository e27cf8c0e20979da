import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { answerAll, queryKind } from '../../src/stages/query.js';

test('answers stand in the order of the questions, failures in their places', async () => {
  const answers = await answerAll(['slow', 'unknown', 'fast', 'broken'], async (query) => {
    if (query === 'slow') await new Promise((resolve) => setTimeout(resolve, 5));
    if (query === 'unknown')
      throw new VoiceLinguaError('TEXT_ID_NOT_FOUND', 'No such text id.', { details: { textId: query } });
    if (query === 'broken') throw new TypeError('of no use');
    return query.toUpperCase();
  });
  assert.equal(answers, [
    'SLOW',
    {
      error: {
        code: 'TEXT_ID_NOT_FOUND',
        message: 'No such text id.',
        retryable: false,
        details: { textId: 'unknown' },
      },
      query: 'unknown',
    },
    'FAST',
    { error: { code: 'INTERNAL', message: 'of no use', retryable: false, details: {} }, query: 'broken' },
  ]);
});

test('no questions, no answers', async () => {
  assert.equal(await answerAll([], async () => 1), []);
});

test('a query is told by its shape', () => {
  const content = { language: 'de', textId: 'greeting', source: 'AUDIO' };
  assert.is(queryKind('0b6e9f3c'), 'task');
  assert.is(queryKind([content, '0b6e9f3c']), 'many');
  assert.is(queryKind(content), 'content');
  assert.is(queryKind({ ...content, limit: undefined }), 'content');
  assert.is(queryKind({ ...content, limit: 3 }), 'filter');
  assert.is(queryKind({ language: 'de' }), 'filter');
  assert.is(queryKind({}), 'filter');
});

test('what is no query is refused', () => {
  for (const what of [undefined, null, '', 7, Number.NaN, true, () => 1, Symbol('s')]) {
    assert.throws(
      () => queryKind(what),
      (error: VoiceLinguaError) => error.code === 'INVALID_ARGUMENT',
    );
  }
});

test.run();
