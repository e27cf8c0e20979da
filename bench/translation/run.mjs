#!/usr/bin/env node
/**
 * Benchmarks of translation against the ctranslate2 wheel, which is installed when it is not there. Prints a table; figures
 * go to results.json and results.md beside this file.
 *
 *   node bench/translation/run.mjs                    all
 *   node bench/translation/run.mjs P8                 some
 *   node bench/translation/run.mjs --rounds 9 P7      more rounds (default 5)
 *
 * Build first (npm run build).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, table } from '../lib/measure.mjs';
import { choose, keep, rowsOf, runAll } from '../lib/runner.mjs';
import { ourVersions } from '../speech/lib/environment.mjs';
import { markdown } from '../speech/lib/markdown.mjs';
import * as p07 from './p07-wheel.mjs';
import * as p08 from './p08-languages.mjs';
import * as p09 from './p09-callers.mjs';

const BENCHES = [p07, p08, p09];

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
console.log(`${machine()}; ${rounds} rounds interleaved, median\n`);
const results = await runAll(choose(BENCHES, positionals), { rounds }, { device: 'cpu', ours: await ourVersions() });
console.log(table(rowsOf(results)));
const all = keep(join(import.meta.dirname, 'results.json'), results);
writeFileSync(join(import.meta.dirname, 'results.md'), markdown(all));
