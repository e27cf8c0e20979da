import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isAddonFailure, storeError } from '../../../src/store/sqlite/errors.js';

const otherNode = Object.assign(
  new Error("The module 'x.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 115."),
  { code: 'ERR_DLOPEN_FAILED' },
);
const notThere = new Error('Could not locate the bindings file. Tried:\n → a.node\n → b.node');

test("an addon for another Node names this one's version and the way out", () => {
  const error = storeError(otherNode, '/s.sqlite');
  assert.is(error.code, 'NATIVE_LOAD_FAILED');
  assert.is(
    error.message,
    `SQLite's addon could not be loaded for Node ${process.version} (it was built for another version). Run: npm rebuild better-sqlite3`,
  );
});

test('an addon that is not there is told the same way, without the list of places', () => {
  const error = storeError(notThere, '/s.sqlite');
  assert.is(error.code, 'NATIVE_LOAD_FAILED');
  assert.match(error.message, '(Could not locate the bindings file)');
  assert.not.match(error.message, 'a.node');
});

test('other failures are none of the addon', () => {
  assert.not(isAddonFailure(Object.assign(new Error('no such file'), { code: 'ENOENT' })));
  assert.not(isAddonFailure('ERR_DLOPEN_FAILED'));
  assert.is(storeError(new TypeError('x'), '/s.sqlite').code, 'INTERNAL');
});

test.run();
