import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ErrorCode, VoiceLinguaError } from '../../src/domain/errors.js';
import { condemned, DEFAULT_RETRIES, judge } from '../../src/pipeline/verdict.js';
import { completedAudioTask } from '../fixtures/tasks.js';

const error = (code: ErrorCode, details: Record<string, unknown> = {}): VoiceLinguaError =>
  new VoiceLinguaError(code, code, { details });

test('failures that may pass are retried three times, others never', () => {
  const verdict = (code: ErrorCode, retries: number) =>
    judge(completedAudioTask({ retries }), error(code), DEFAULT_RETRIES).kind;
  assert.equal(
    [0, 1, 2, 3].map((retries) => verdict('ENGINE_FAILED', retries)),
    ['retry', 'retry', 'retry', 'fail'],
  );
  for (const code of [
    'INPUT_CORRUPT',
    'INPUT_PERMISSION',
    'INVALID_ARGUMENT',
    'MODEL_NOT_FOUND',
    'DEADLINE_EXCEEDED',
  ] as const) {
    assert.is(verdict(code, 0), 'fail', code);
  }
});

test('a crash counts against the task that caused it, and against no other', () => {
  const verdict = (culprit: string, signal: string, counts: { crashes?: number; losses?: number } = {}) =>
    judge(completedAudioTask(counts), error('ENGINE_CRASHED', { culprit, signal }), DEFAULT_RETRIES);
  assert.equal(verdict('this', 'SIGABRT'), { kind: 'retry', putBack: { afterMs: 0, counts: 'crash' } });
  assert.equal(verdict('other', 'SIGABRT'), { kind: 'release' });
  assert.equal(verdict('unknown', 'SIGABRT'), { kind: 'retry', putBack: { afterMs: 0, counts: 'loss' } });
  assert.equal(verdict('this', 'SIGKILL'), { kind: 'retry', putBack: { afterMs: 0, counts: 'loss' } });
  const third = verdict('this', 'SIGSEGV', { crashes: 2 });
  assert.is(third.kind === 'fail' && third.error.code, 'TASK_QUARANTINED');
  assert.is(third.kind === 'fail' && third.error.details.signal, 'SIGSEGV');
  const last = verdict('unknown', 'SIGKILL', { losses: DEFAULT_RETRIES.maxLosses - 1 });
  assert.is(last.kind === 'fail' && last.error.code, 'TASK_QUARANTINED');
});

test('a task whose owners died too often without getting on is not tried again', () => {
  assert.is(condemned(completedAudioTask({ losses: DEFAULT_RETRIES.maxLosses - 1 }), DEFAULT_RETRIES), null);
  assert.is(
    condemned(completedAudioTask({ losses: DEFAULT_RETRIES.maxLosses }), DEFAULT_RETRIES)?.code,
    'TASK_QUARANTINED',
  );
});

test.run();
