import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { batchExitCode, EXIT_BY_CATEGORY } from '../../src/cli/exit-codes.js';
import { ERROR_TRAITS } from '../../src/domain/errors.js';

test('every category that an error can have has an exit code of the contract', () => {
  for (const { category } of Object.values(ERROR_TRAITS)) assert.ok(EXIT_BY_CATEGORY[category] > 0, category);
  assert.equal(EXIT_BY_CATEGORY, { internal: 1, usage: 2, model: 3, input: 4, resource: 6, cancelled: 5 });
});

test('a batch ends with 5 when a part was done, with the common code when nothing was', () => {
  assert.is(batchExitCode(0, []), 0);
  assert.is(batchExitCode(3, []), 0);
  assert.is(batchExitCode(0, ['input']), 4);
  assert.is(batchExitCode(0, ['model', 'model']), 3);
  assert.is(batchExitCode(0, ['model', 'input']), 5);
  assert.is(batchExitCode(1, ['input']), 5);
  assert.is(batchExitCode(2, ['resource', 'resource']), 5);
});

test.run();
