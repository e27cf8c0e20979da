#!/usr/bin/env node
/**
 * How often the language of a text is told right, and in what time: news, the third to seventh and the third and fourth word of
 * them (ten and four characters in Chinese and Japanese), and strings of an interface, in the ten languages of the project, Simplified and Traditional
 * Chinese apart. Strings that many languages share (`Zoom`) count as well. `../shared/data/text` has the texts.
 *
 *   node --import tsx bench/language-detection.mjs
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenWithoutSpaces } from '../src/domain/script.ts';
import { detectTextLanguage } from '../src/engines/text/language-detector.ts';
import { machine, table } from './lib/measure.mjs';

const DATA = join(import.meta.dirname, '..', '..', 'shared', 'data', 'text');

/** Texts of a sample with their languages; the columns before the first language are names. */
function texts(file, firstLanguage) {
  const [head, ...rows] = readFileSync(join(DATA, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return rows.flatMap((row) =>
    head.slice(firstLanguage).map((language, index) => ({ language, text: row[firstLanguage + index] ?? '' })),
  );
}

function words(sample, count, characters) {
  return sample.map(({ language, text }) => {
    const dense = writtenWithoutSpaces(language);
    const parts = dense ? Array.from(text) : text.split(' ');
    return { language, text: parts.slice(2, 2 + (dense ? characters : count)).join(dense ? '' : ' ') };
  });
}

const news = texts('ntrex-sample.tsv', 2);
const samples = {
  news,
  'five words': words(news, 5, 10),
  'two words': words(news, 2, 4),
  'interface strings': texts('pdfjs-ui-strings.tsv', 1),
};

const started = performance.now();
await detectTextLanguage('Good morning');
const loading = performance.now() - started;

const rows = [];
const levels = Array.from({ length: 5 }, () => ({ all: 0, right: 0 }));
for (const [name, sample] of Object.entries(samples)) {
  let told = 0;
  let right = 0;
  const start = performance.now();
  for (const { language, text } of sample) {
    const found = await detectTextLanguage(text);
    if (found === null) continue;
    told++;
    if (found.language === language) right++;
    const level = levels[Math.max(0, Math.min(4, Math.floor(found.probability * 10) - 5))];
    level.all++;
    if (found.language === language) level.right++;
  }
  const each = ((performance.now() - start) * 1000) / sample.length;
  rows.push([name, String(told), `${((100 * right) / told).toFixed(1)} %`, `${each.toFixed(0)} µs`]);
}

console.log(machine());
console.log(`first call with a Latin text: ${loading.toFixed(0)} ms`);
console.log(table([['texts', 'told', 'right', 'each'], ...rows]));
console.log(
  table([
    ['probability given', 'texts', 'right'],
    ...levels.map(({ all, right }, index) => [
      index === 0 ? 'below 0.6' : `from ${(0.5 + index / 10).toFixed(1)}`,
      String(all),
      `${((100 * right) / all).toFixed(0)} %`,
    ]),
  ]),
);
