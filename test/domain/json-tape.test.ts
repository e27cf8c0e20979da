import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JsonTape } from '../../src/domain/json-tape.js';

test('a tape gives back what was put on it, in order, each time anew', () => {
  const values = Array.from({ length: 3000 }, (_, index) => ({
    index,
    half: index / 2 + 1e-15,
    text: '语🙂é'.repeat(index % 50),
    list: Array.from({ length: index % 7 }, (_, at) => at * 0.1),
  }));
  const tape = new JsonTape<(typeof values)[0]>();
  assert.equal([...tape], []);
  for (const [index, value] of values.entries()) assert.is(tape.push(value), index);
  assert.is(tape.length, values.length);
  assert.equal([...tape], values);
  for (const index of [0, 1, 1234, 2999]) assert.equal(tape.at(index), values[index]);
  assert.is.not(tape.at(5), tape.at(5));
});

test('a value may be larger than any piece', () => {
  const tape = new JsonTape<string>();
  const long = 'x'.repeat(1_000_000);
  for (const text of ['a', long, 'b', long, '']) tape.push(text);
  assert.equal([...tape], ['a', long, 'b', long, '']);
});

test('what is not there is an error', () => {
  const tape = new JsonTape<number>();
  assert.throws(() => tape.at(0), RangeError);
  tape.push(1);
  assert.throws(() => tape.at(1), RangeError);
  assert.throws(() => tape.at(-1), RangeError);
});

test.run();
