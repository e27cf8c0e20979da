#!/usr/bin/env node
/**
 * Runs benchmarks and prints a table; the figures go to bench/results.json too.
 *
 *   node bench/run.mjs                all
 *   node bench/run.mjs P1 P17         some
 *   node bench/run.mjs --rounds 9 P1  more rounds (default 5)
 *
 * Build first (npm run build). For models of real shape make the twins: node tools/twins/make-twins.mjs tiny base
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, table } from './lib/measure.mjs';
import { WORK } from './lib/subjects.mjs';
import * as p01 from './p01-whisper-cli.mjs';
import * as p10 from './p10-submit.mjs';
import * as p11 from './p11-drain.mjs';
import * as p12 from './p12-query.mjs';
import * as p13 from './p13-event-loop.mjs';
import * as p14 from './p14-decode.mjs';
import * as p16 from './p16-startup.mjs';
import * as p17 from './p17-lanes.mjs';
import * as p18 from './p18-lane-memory.mjs';

const BENCHES = [p01, p10, p11, p12, p13, p14, p16, p17, p18];

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '5' } },
  allowPositionals: true,
});
const wanted = BENCHES.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
if (wanted.length === 0) {
  console.error(`Give some of ${BENCHES.map(({ id }) => id).join(', ')}.`);
  process.exit(2);
}
const rounds = Number(values.rounds);
rmSync(WORK, { recursive: true, force: true });
mkdirSync(WORK, { recursive: true });
console.log(`${machine()}; ${rounds} rounds interleaved, median\n`);
const results = [];
const rows = [['goal', 'subject', 'contender', 'median', 'result', 'wanted', 'met']];
for (const bench of wanted) {
  process.stderr.write(`${bench.id} ${bench.title}\n`);
  for (const result of [await bench.run({ rounds })].flat()) {
    results.push({ id: bench.id, date: new Date().toISOString(), machine: machine(), rounds, ...result });
    const verdict = `${result.ratio.toFixed(2)}${result.ratioUnit ?? ' ×'}`;
    for (const [index, [name, { median }]] of Object.entries(result.figures).entries()) {
      const first = index === 0;
      rows.push([
        first ? bench.id : '',
        first ? result.subject : '',
        name,
        `${median.toFixed(3)} ${result.unit}`,
        first ? verdict : '',
        first ? result.goal : '',
        first ? (result.met ? 'yes' : 'no') : '',
      ]);
    }
  }
}
console.log(table(rows));
// What was not run this time keeps its last figures.
const file = join(import.meta.dirname, 'results.json');
const earlier = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
const kept = earlier.filter(({ id }) => !wanted.some((bench) => bench.id === id));
const all = [...kept, ...results].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
writeFileSync(file, `${JSON.stringify({ results: all }, null, 2)}\n`);
