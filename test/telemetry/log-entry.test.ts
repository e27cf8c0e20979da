import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HOST_RESTART_REASONS, type LifecycleEvent } from '../../src/domain/lifecycle.js';
import { logEntryOf } from '../../src/telemetry/log-entry.js';
import { EVENTS } from './support.js';

test('each event has its level, and names the task and its text id', () => {
  const entries = EVENTS.map(logEntryOf);
  assert.equal(
    entries.map((entry) => entry.level),
    ['debug', 'info', 'debug', 'debug', 'warn', 'error', 'info', 'warn', 'info', 'error', 'info', 'warn'],
  );
  for (const [index, entry] of entries.entries()) {
    if (EVENTS[index]?.type === 'host-restart') continue;
    assert.is(entry.taskId, 'task-1');
    assert.is(entry.textId, 'talks/day1');
    assert.match(entry.message, /^Task task-1 \(talks\/day1\)/);
  }
});

test('messages are sentences that say what happened', () => {
  assert.equal(
    EVENTS.map((event) => logEntryOf(event).message.replace('Task task-1 (talks/day1)', 'Task')),
    [
      'Task was submitted.',
      'Task is started, attempt 1, after 2.5 s in the queue.',
      'Task: transcribe begins.',
      'Task: transcribe is done after 1.25 s.',
      'Task failed and is tried again in 60 s (retry 1): The engine gave up.',
      'Task: the engine host died of it (2 times): The engine gave up.',
      'Task is handed back as pending: this process shuts down.',
      'Task was lost by host-7: it died, or let its lease run out.',
      'Task is completed after 4 s of work.',
      'Task failed after 3 s of work: The engine gave up.',
      'Task was cancelled.',
      'The engine host 77 is replaced: its memory has grown too far.',
    ],
  );
});

test('facts stand beside the message', () => {
  const of = (type: LifecycleEvent['type']) => {
    const event = EVENTS.find((each) => each.type === type);
    assert.ok(event, type);
    return logEntryOf(event);
  };
  assert.equal(of('started').data, { task_type: 'audio', attempt: 1, queue_seconds: 2.5 });
  assert.is(of('stage').stage, 'transcribe');
  assert.is(of('retry').code, 'ENGINE_FAILED');
  assert.equal(of('retry').data, { retry: 1, delay_ms: 60_000, details: { window: 3 } });
  assert.is(of('crash').stage, 'translate');
  assert.is(of('crash').code, 'ENGINE_CRASHED');
  assert.equal(of('ended').data, {
    task_type: 'audio',
    status: 'completed',
    processing_seconds: 4,
    audio_seconds: 16,
    rtf: 0.25,
  });
  assert.equal(of('host-restart').data, { reason: 'memory', host_pid: 77 });
});

test('each reason of a new host has words', () => {
  for (const reason of HOST_RESTART_REASONS) {
    const { message } = logEntryOf({ type: 'host-restart', reason, pid: null, signal: 'SIGKILL' });
    assert.match(message, /^The engine host is replaced: it(s memory)? \w.*\.$/);
  }
});

test('events are plain JSON', () => {
  assert.equal(JSON.parse(JSON.stringify(EVENTS)), EVENTS);
});

test.run();
