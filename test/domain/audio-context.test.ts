import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { audioContextFor } from '../../src/domain/audio-context.js';

test('a fitted context has room for the sound and 2.56 s more, in steps of 2 s', () => {
  for (let seconds = 0.1; seconds <= 30; seconds += 0.1) {
    const context = audioContextFor(seconds, 'fitted');
    if (context === 0) continue;
    assert.ok(context * 0.02 >= seconds + 2.56 - 1e-9, `${seconds} s in ${context}`);
    assert.is(context % 100, 0);
    assert.ok(context >= 300 && context <= 800);
  }
  assert.is(audioContextFor(1, 'fitted'), 300);
  assert.is(audioContextFor(5, 'fitted'), 400);
  assert.is(audioContextFor(12, 'fitted'), 800);
});

test('longer windows are heard whole', () => {
  assert.is(audioContextFor(14, 'fitted'), 0);
  assert.is(audioContextFor(30, 'fitted'), 0);
  assert.is(audioContextFor(600, 'fitted'), 0);
  assert.is(audioContextFor(1, 'full'), 0);
});

test('a number is taken as it is, unless the sound needs more', () => {
  assert.is(audioContextFor(3, 512), 512);
  assert.is(audioContextFor(20, 512), 1000);
  assert.is(audioContextFor(29, 512), 0);
  assert.is(audioContextFor(3, 1500), 0);
  assert.is(audioContextFor(600, 512), 0);
});

test.run();
