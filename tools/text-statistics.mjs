#!/usr/bin/env node
/**
 * Lengths of translations by language, from the parallel texts beside the repository, for the checks of translations:
 *
 *     node --import tsx tools/text-statistics.mjs            prints them
 *     node --import tsx tools/text-statistics.mjs --write    writes src/domain/translation-checks/length-table.ts
 *     node --import tsx tools/text-statistics.mjs --rates    false alarms and catches of every check
 *     node --import tsx tools/text-statistics.mjs --compare  whether a factor for each pair would fit better
 *
 * factor: letters (columnsOf) for one letter of the English text, the median over the news sentences. spread: how far the
 * language's sentences stray from the mean of all languages' logarithms, 1.48 × the median deviation, which is the standard
 * deviation where a few sentences are not translations of each other. A pair's variance is the sum of both languages'.
 */
import { writeFileSync } from 'node:fs';
import { columnsOf } from '../src/domain/translation-checks/columns.ts';
import { LANGUAGES, languagePairs, parallelTexts } from '../test/domain/translation-checks/parallel-text.ts';
import { falseAlarms, lengthCatches, mutationCatches } from '../test/domain/translation-checks/rates.ts';

const texts = parallelTexts();
if (texts === null) process.exit(1);

const percent = (part, all) => `${((100 * part) / all).toFixed(2)} % (${part} of ${all})`;

if (process.argv.includes('--rates')) printRates();
else if (process.argv.includes('--compare')) compareFactors();
else {
  const table = lengthTable();
  if (process.argv.includes('--write')) {
    writeFileSync(new URL('../src/domain/translation-checks/length-table.ts', import.meta.url), table);
  } else process.stdout.write(table);
}

function lengthTable() {
  const logs = texts.news.map((line) => LANGUAGES.map((language) => Math.log(columnsOf(line[language]))));
  const factors = LANGUAGES.map((_, language) => median(logs.map((row) => row[language] - row[0])));
  // Both kinds of Chinese together count as one language in the mean.
  const weights = LANGUAGES.map((language) => (language.startsWith('zh') ? 0.5 : 1));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const spreads = LANGUAGES.map((_, language) => {
    const deviations = logs.map((row) => {
      const mean = row.reduce((sum, log, index) => sum + (weights[index] * (log - factors[index])) / whole, 0);
      return Math.abs(row[language] - factors[language] - mean);
    });
    return 1.48 * median(deviations);
  });
  const rows = LANGUAGES.map((language, index) => {
    const name = /^\w+$/.test(language) ? language : `'${language}'`;
    return `  ${name}: { factor: ${rounded(Math.exp(factors[index]))}, spread: ${rounded(spreads[index])} },`;
  });
  return `/** Written by tools/text-statistics.mjs --write; see there what the figures are. */
export const LENGTHS: Readonly<Record<string, { readonly factor: number; readonly spread: number }>> = {
${rows.join('\n')}
};
`;
}

function rounded(value) {
  return Number(value.toFixed(2));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function printRates() {
  for (const kind of ['news', 'interface']) {
    console.log(`${kind}: false alarms`);
    const { pairs, byCheck } = falseAlarms(texts[kind]);
    for (const [check, count] of Object.entries(byCheck)) console.log(`  ${check.padEnd(14)}${percent(count, pairs)}`);
  }
  console.log('news: a sentence of some is dropped, found by length');
  for (const size of [2, 3]) {
    const { all, caught } = lengthCatches(texts.news, size);
    console.log(`  one of ${size}      ${percent(caught, all)}`);
  }
  console.log('news: what is done to a translation, found by the check that is made for it');
  for (const { name, all, caught } of mutationCatches(texts.news)) {
    console.log(`  ${name.padEnd(36)}${percent(caught, all)}`);
  }
}

/** Mean error of the logarithm of the ratio on lines that the factors were not taken from, in two halves. */
function compareFactors() {
  const halves = [0, 1].map((half) => texts.news.filter((_, index) => index % 2 === half));
  const ratio = (line, from, to) => Math.log(columnsOf(line[to]) / columnsOf(line[from]));
  const errors = { language: [], pair: [] };
  for (const [known, other] of [halves, [...halves].reverse()]) {
    const factor = (language) => median(known.map((line) => ratio(line, 'en', language)));
    for (const [from, to] of languagePairs()) {
      const byLanguage = factor(to) - factor(from);
      const byPair = median(known.map((line) => ratio(line, from, to)));
      for (const line of other) {
        errors.language.push(Math.abs(ratio(line, from, to) - byLanguage));
        errors.pair.push(Math.abs(ratio(line, from, to) - byPair));
      }
    }
  }
  for (const [name, list] of Object.entries(errors)) {
    console.log(`a factor for each ${name}: ${(list.reduce((sum, error) => sum + error, 0) / list.length).toFixed(4)}`);
  }
}
