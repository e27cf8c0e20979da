import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADDON_PATH, loadAddon } from './addon.js';

const SEED = Number(process.env.VOICELINGUA_SEED ?? 20261125) % 2 ** 32;

test('the products of the project are those of plain loops, whatever the shapes', () => {
  console.log(`seed of the kernels: ${SEED}`);
  const addon = loadAddon();
  const { available, computed, left, worst, wrong, ...rest } = addon.checkKernels(SEED, 800);
  assert.is(wrong, 0);
  if (!available) {
    console.log('skipped: this CPU has no AVX-512 with VNNI');
    assert.is(computed, 0);
    return;
  }
  // Single precision, sums of up to 300 products.
  assert.ok(worst < 2e-6, `error ${worst}`);
  assert.ok(computed > 1000, `only ${computed} of ${computed + left}`);
  assert.ok(left > 0, 'shapes that are not theirs are left');
  // Scores of some tens stand in an exponent: their own last digit is a part in 100,000 of what comes out.
  const { attentions, worstAttention, tileAttentions, worstTileAttention } = rest;
  assert.ok(attentions >= 5 && worstAttention < 4e-5, `${attentions} attentions, error ${worstAttention}`);
  if (!addon.kernelFacts().tiles) return console.log('skipped: this CPU has no tiles of 16-bit floats (AMX)');
  assert.ok(tileAttentions >= 5 && worstTileAttention < 4e-5, `${tileAttentions} with tiles, ${worstTileAttention}`);
});

test('they can be switched off', () => {
  const program = `
    const addon = require(process.argv[1]);
    addon.initialize(Error);
    console.log(JSON.stringify([addon.checkKernels(1, 5), addon.preferWideVectors()]));
  `;
  const env = { ...process.env, VOICELINGUA_KERNELS: 'off' };
  const printed = execFileSync(process.execPath, ['-e', program, ADDON_PATH], { encoding: 'utf8', env });
  const [check, wide] = JSON.parse(printed) as [ReturnType<ReturnType<typeof loadAddon>['checkKernels']>, boolean];
  assert.equal([check.available, check.computed, check.left, wide], [false, 0, 16, false]);
});

test.run();
