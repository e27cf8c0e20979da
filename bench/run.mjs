#!/usr/bin/env node
/**
 * Benchmarks of the task store and of starting; those of speech are in bench/speech. Prints a table; the figures
 * go to bench/results.json too.
 *
 *   node bench/run.mjs                 all
 *   node bench/run.mjs P10 P16         some
 *   node bench/run.mjs --rounds 9 P10  more rounds (default 5)
 *
 * Build first (npm run build). For models of real shape make the twins: node tools/twins/make-twins.mjs tiny base
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, table } from './lib/measure.mjs';
import { choose, keep, rowsOf, runAll } from './lib/runner.mjs';
import * as p10 from './p10-submit.mjs';
import * as p11 from './p11-drain.mjs';
import * as p12 from './p12-query.mjs';
import * as p16 from './p16-startup.mjs';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const wanted = choose([p10, p11, p12, p16], positionals);
const rounds = Number(values.rounds);
console.log(`${machine()}; ${rounds} rounds interleaved, median\n`);
const results = await runAll(wanted, { rounds });
console.log(table(rowsOf(results)));
keep(join(import.meta.dirname, 'results.json'), results);
