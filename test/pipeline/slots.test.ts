import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Slots } from '../../src/pipeline/slots.js';

test('there are as many slots as asked for, and who gives one back wakes the next', async () => {
  const slots = new Slots({ any: 2, short: 1 });
  assert.equal([slots.take(), slots.take(), slots.take()], ['any', 'any', null]);
  const changed = slots.changed();
  slots.give('any');
  await changed;
  assert.is(slots.take(), 'any');
});

test('short tasks have room of their own while long ones hold all of it', () => {
  const slots = new Slots({ any: 2, short: 1 });
  slots.take();
  slots.holdLong();
  slots.take();
  assert.is(slots.take(), null, 'one of the two is short and will soon be free');
  slots.holdLong();
  assert.equal([slots.take(), slots.take()], ['short', null]);
  slots.give('short');
  slots.give('any', true);
  assert.equal([slots.take(), slots.taken], ['any', 2]);
});

test('brief tasks have room of their own at any time', () => {
  const slots = new Slots({ any: 1, short: 1, brief: 2 });
  assert.equal([slots.take(), slots.take(), slots.take(), slots.take()], ['any', 'brief', 'brief', null]);
  slots.give('brief');
  slots.holdLong();
  assert.equal([slots.take(), slots.take(), slots.take()], ['short', 'brief', null]);
  assert.is(slots.taken, 4);
});

test('brief texts have more room behind that of all brief tasks', () => {
  const slots = new Slots({ any: 1, brief: 1, text: 2 });
  assert.equal(
    [slots.take(), slots.take(), slots.take(), slots.take(), slots.take()],
    ['any', 'brief', 'text', 'text', null],
  );
  slots.give('brief');
  assert.is(slots.take(), 'brief', 'the room that more tasks may have goes first');
  assert.is(slots.taken, 4);
});

test('a kind that has no task is passed over', () => {
  const slots = new Slots({ any: 0, brief: 1, text: 1 });
  assert.is(slots.take(new Set(['brief'])), 'text');
  assert.is(slots.take(new Set(['brief'])), null);
  assert.is(slots.take(), 'brief');
});

test.run();
