import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BackOff } from '../../src/pool/back-off.js';

function clock() {
  let time = 0;
  const backOff = new BackOff({ now: () => time });
  return {
    backOff,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

test('the first start waits for nothing, each further death for longer, up to ten seconds', () => {
  const { backOff, pass } = clock();
  assert.is(backOff.wait, 0);
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    backOff.born();
    pass(100);
    backOff.died();
    waits.push(backOff.wait);
    pass(backOff.wait);
    assert.is(backOff.wait, 0);
  }
  assert.equal(waits, [0, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
});

test('time since the death counts', () => {
  const { backOff, pass } = clock();
  backOff.died();
  backOff.died();
  pass(200);
  assert.is(backOff.wait, 300);
});

test('half a minute of health makes the next death the first', () => {
  const { backOff, pass } = clock();
  for (let i = 0; i < 4; i++) {
    backOff.born();
    backOff.died();
  }
  assert.is(backOff.wait, 2000);
  pass(2000);
  backOff.born();
  pass(29_999);
  backOff.died();
  assert.is(backOff.wait, 4000);
  pass(4000);
  backOff.born();
  pass(30_000);
  backOff.died();
  assert.is(backOff.wait, 0);
});

test.run();
