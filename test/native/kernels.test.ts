import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ADDON_PATH, loadAddon, RECOGNIZE, ROOT } from './addon.js';

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

interface Heard {
  readonly text: string;
  readonly averageLogprob: number;
  readonly attentions: number;
  /** Bytes of the engine's blocks while the model is open, and kept after it is closed and trimmed. */
  readonly used: number;
  readonly left: number;
}

/** One of the demo's recordings in a process of its own, since the kernels are chosen once. */
function hear(kernels: string): Heard {
  const program = `
    const [path, model, wave, options] = process.argv.slice(1);
    const addon = require(path);
    addon.initialize(Error);
    addon.keepLargeMemoryApart();
    const bytes = require('node:fs').readFileSync(wave).subarray(44);
    const samples = Float32Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i) / 32768);
    const handle = addon.openModel(model, { device: 'cpu', deviceIndex: 0, computeType: 'default' });
    const recognizer = addon.openRecognizer(handle);
    const window = { samples, language: 'en', initialPrompt: '', hotwords: '' };
    const [{ segments, averageLogprob }] = addon.recognize(recognizer, [window], JSON.parse(options), 0);
    const { used } = addon.describe().engineMemory;
    for (const one of [recognizer, handle]) addon.close(one);
    addon.trimMemory();
    const { used: open, kept } = addon.describe().engineMemory;
    const text = segments.map((segment) => segment.text).join('');
    const attentions = addon.kernelFacts().encoderAttentions;
    console.log(JSON.stringify({ text, averageLogprob, attentions, used, left: open + kept }));
  `;
  const files = ['models/demo-stt-ct2', 'tools/demo/recordings/ticket.wav'].map((file) => join(ROOT, file));
  const args = ['-e', program, ADDON_PATH, ...files, JSON.stringify({ ...RECOGNIZE, beamSize: 5 })];
  const env = { ...process.env, VOICELINGUA_KERNELS: kernels };
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env })) as Heard;
}

test('an encoder whose attention they compute hears the same', () => {
  const { available } = loadAddon().kernelFacts();
  const plain = hear('off');
  assert.is(plain.attentions, 0);
  assert.ok(plain.averageLogprob > -0.5 && plain.averageLogprob < 0);
  for (const kernels of ['vnni', 'on']) {
    const { text, averageLogprob, attentions } = hear(kernels);
    assert.is(text, plain.text);
    // Activations are rounded to 8 bits: a last digit may tip one of them.
    assert.ok(Math.abs(averageLogprob - plain.averageLogprob) < 5e-3, `${averageLogprob} and ${plain.averageLogprob}`);
    assert.is(attentions > 0, available, `${attentions} attentions`);
  }
});

test('the engine has its large blocks apart from the heap, and gives them back', () => {
  const { used, left } = hear('on');
  if (process.platform !== 'linux') return console.log('skipped: the linker leads the engine there on Linux alone');
  assert.ok(used > 5e6, `${used} bytes`);
  assert.is(left, 0);
});

test.run();
