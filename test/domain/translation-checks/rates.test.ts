import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parallelTexts } from './parallel-text.js';
import { falseAlarms, lengthCatches, mutationCatches } from './rates.js';

// Bounds a little wider than what `tools/text-statistics.mjs --rates` prints; docs/measurements.md has the figures.

test('the table of lengths is what its tool writes', () => {
  if (parallelTexts() === null) return;
  const root = join(import.meta.dirname, '..', '..', '..');
  const written = execFileSync(process.execPath, ['--import', 'tsx', 'tools/text-statistics.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.is(readFileSync(join(root, 'src/domain/translation-checks/length-table.ts'), 'utf8'), written);
});

test('few sentences that people translated raise an alarm', () => {
  const texts = parallelTexts();
  if (texts === null) return;
  const most = {
    news: {
      empty: 0,
      placeholders: 0,
      repetition: 0.001,
      script: 0.002,
      copied: 0.004,
      length: 0.01,
      numbers: 0.02,
      names: 0.008,
      any: 0.042,
    },
    interface: {
      empty: 0,
      placeholders: 0,
      repetition: 0.001,
      script: 0.001,
      copied: 0.001,
      length: 0.01,
      numbers: 0.003,
      names: 0.002,
      any: 0.015,
    },
  };
  for (const kind of ['news', 'interface'] as const) {
    const { pairs, byCheck } = falseAlarms(texts[kind]);
    assert.ok(pairs > 15_000, `${pairs} pairs`);
    for (const [check, share] of Object.entries(most[kind])) {
      const found = byCheck[check as keyof typeof byCheck];
      assert.ok(found <= share * pairs, `${kind}, ${check}: ${found} of ${pairs}`);
    }
  }
});

test('a sentence that is dropped out of two or three is found by the length', () => {
  const texts = parallelTexts();
  if (texts === null) return;
  const lines = texts.news.slice(60, 100);
  for (const [size, least] of [
    [2, 0.82],
    [3, 0.6],
  ] as const) {
    const { all, caught } = lengthCatches(lines, size);
    assert.ok(caught >= least * all, `one of ${size}: ${caught} of ${all}`);
  }
});

test('what translators do wrong is found by the check that is made for it', () => {
  const texts = parallelTexts();
  if (texts === null) return;
  const least: Readonly<Record<string, number>> = {
    'source copied': 0.97,
    'last fifth comes five times': 0.98,
    'whole translation comes twice': 0.98,
    'first number of digits changed': 0.97,
    'first number of digits dropped': 0.88,
    'full name dropped': 0.42,
    'Japanese or Korean left in Chinese': 0.96,
  };
  const results = mutationCatches(texts.news.filter((_, index) => index % 2 === 0));
  assert.equal(results.map(({ name }) => name).sort(), Object.keys(least).sort());
  for (const { name, all, caught } of results) {
    assert.ok(all > 300, `${name}: only ${all} cases`);
    assert.ok(caught >= (least[name] as number) * all, `${name}: ${caught} of ${all}`);
  }
});

test.run();
