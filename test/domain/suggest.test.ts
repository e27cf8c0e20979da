import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearest } from '../../src/domain/suggest.js';

test('the nearest name is found whatever its case and dashes', () => {
  const names = ['beamSize', 'bestOf', 'temperature', 'temperatureIncrement'];
  assert.is(nearest('beam_size', names), 'beamSize');
  assert.is(nearest('beam-sise', names), 'beamSize');
  assert.is(nearest('TEMPRATURE', names), 'temperature');
  assert.is(nearest('temperatur_increment', names), 'temperatureIncrement');
});

test('there is none among none, and a huge name is no trouble', () => {
  assert.is(nearest('x', []), null);
  assert.is(nearest('x'.repeat(1e6), ['one', 'two']), 'one');
});

test.run();
