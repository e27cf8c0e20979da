import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModelLedger } from '../../../src/engines/native/model-ledger.js';

function open(memory: number, idleMs = 1000) {
  let time = 0;
  const ledger = new ModelLedger({ memory, idleMs, now: () => time });
  const use = (name: string, bytes: number): string[] => {
    time++;
    const gone = ledger.begin(name, `/models/${name}`, bytes);
    ledger.end(name, true);
    return gone;
  };
  return {
    ledger,
    use,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

test('the models used longest ago go first, and only as many as have to', () => {
  const { ledger, use } = open(100);
  assert.equal(use('a', 40), []);
  assert.equal(use('b', 40), []);
  assert.equal(use('a', 40), []);
  assert.equal(use('c', 30), ['b']);
  assert.equal(ledger.paths, ['/models/a', '/models/c']);
  assert.equal(use('d', 90), ['a', 'c']);
});

test('a model in use stays, whatever is wanted', () => {
  const { ledger, use, pass } = open(100);
  assert.equal(ledger.begin('busy', '/models/busy', 80), []);
  assert.equal(use('other', 80), []);
  assert.equal(use('third', 10), ['other']);
  pass(1);
  ledger.end('busy', true);
  assert.equal(use('fourth', 95), ['third', 'busy']);
});

test('a model larger than the cap is loaded alone', () => {
  const { ledger, use } = open(100);
  use('a', 10);
  assert.equal(use('giant', 500), ['a']);
  assert.equal(ledger.paths, ['/models/giant']);
});

test('unused models expire, those in use do not', () => {
  const { ledger, use, pass } = open(100);
  assert.is(ledger.nextExpiry, null);
  ledger.begin('busy', '/models/busy', 10);
  assert.is(ledger.nextExpiry, null);
  use('a', 10);
  pass(400);
  use('b', 10);
  assert.is(ledger.nextExpiry, 599);
  pass(599);
  assert.equal(ledger.expire(), ['a']);
  assert.equal(ledger.expire(), []);
  assert.is(ledger.nextExpiry, 401);
  pass(5000);
  assert.equal(ledger.expire(), ['b']);
  assert.ok(ledger.has('busy'));
  ledger.end('busy', true);
  pass(1000);
  assert.equal(ledger.expire(), ['busy']);
});

test('what could not be loaded is not there, unless another call loaded it', () => {
  const { ledger } = open(100);
  ledger.begin('a', '/models/a', 10);
  ledger.end('a', false);
  assert.not(ledger.has('a'));
  ledger.begin('b', '/models/b', 10);
  ledger.begin('b', '/models/b', 10);
  ledger.end('b', true);
  ledger.end('b', false);
  assert.ok(ledger.has('b'));
});

test('two uses of one file are one path', () => {
  const { ledger } = open(100);
  ledger.begin('cpu', '/models/a', 10);
  ledger.begin('cuda', '/models/a', 10);
  assert.equal(ledger.paths, ['/models/a']);
});

test.run();
