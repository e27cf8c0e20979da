import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../../src/domain/errors.js';
import { Recordings } from '../../../src/engines/native/recordings.js';

const window = (samples: number, speech = true) => ({ span: { index: 0, start: 0, end: 1 }, samples, speech });

function code(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof VoiceLinguaError) return error.code;
    throw error;
  }
  throw new Error('expected an error');
}

test('a window has its samples until it is discarded', () => {
  const recordings = new Recordings(0);
  const id = recordings.open('task');
  const number = recordings.keep(id, window(61));
  assert.equal([recordings.samples(number), recordings.samples(number)], [61, 61]);
  assert.is(recordings.windows, 1);
  recordings.discard(number);
  assert.is(
    code(() => recordings.samples(number)),
    'CLOSED',
  );
  assert.is(recordings.windows, 0);
});

test('samples are released when nobody can ask for them any more', () => {
  const released: number[] = [];
  const recordings = new Recordings(0, (samples) => released.push(samples));
  const id = recordings.open('task');
  const [first, second, silent, late] = [window(1), window(2), window(3, false), window(4)];
  const number = recordings.keep(id, first);
  recordings.keep(id, second);
  recordings.keep(id, silent);
  assert.equal(released, [silent.samples]);
  recordings.discard(number);
  recordings.discard(number);
  assert.is(released.length, 2);
  assert.is(released[1], first.samples);
  recordings.close(id);
  assert.is(released[2], second.samples);
  recordings.keep(id, late);
  assert.is(released[3], late.samples);
});

test('a window without speech is not kept', () => {
  const recordings = new Recordings(0);
  assert.is(recordings.keep(recordings.open('task'), window(1, false)), 0);
  assert.is(recordings.windows, 0);
});

test('a recording takes its windows with it, and a window that comes late is not kept', () => {
  const recordings = new Recordings(0);
  const id = recordings.open('task');
  const other = recordings.open('other');
  recordings.keep(id, window(1));
  const kept = recordings.keep(other, window(1));
  assert.equal(recordings.of('task'), [id]);
  recordings.close(id);
  assert.is(recordings.windows, 1);
  assert.is(recordings.keep(id, window(1)), 0);
  assert.is(recordings.samples(kept), 1);
  assert.is(
    code(() => recordings.check(id)),
    'CLOSED',
  );
});

test('numbers of an earlier host are known as such, and never met again', () => {
  const before = new Recordings(0);
  const old = before.open('task');
  const oldWindow = before.keep(old, window(1));
  const after = new Recordings(1);
  const fresh = after.open('task');
  assert.ok(fresh > oldWindow);
  assert.is(
    code(() => after.check(old)),
    'ENGINE_CRASHED',
  );
  assert.is(
    code(() => after.samples(oldWindow)),
    'ENGINE_CRASHED',
  );
});

test.run();
