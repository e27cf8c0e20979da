/** What the programs of this package share: choosing benches, running them, keeping the figures of those not run. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { machine } from './measure.mjs';
import { WORK } from './paths.mjs';

/** The benches named, or all; ends the program when a name is none. */
export function choose(benches, ids) {
  const known = new Map(benches.map((bench) => [bench.id, bench]));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    console.error(`There is no ${unknown.join(', ')}. Give some of ${[...known.keys()].join(', ')}.`);
    process.exit(2);
  }
  return ids.length === 0 ? benches : benches.filter(({ id }) => ids.includes(id));
}

/**
 * Runs benches one after the other in an empty work folder. A bench that fails does not take the others with it.
 * @param options given to each bench's `run`
 * @param stamp what each result is to say of its run: commit, versions …
 * @returns results, each with its bench's id
 */
export async function runAll(benches, options, stamp = {}) {
  rmSync(WORK, { recursive: true, force: true });
  mkdirSync(WORK, { recursive: true });
  const results = [];
  for (const bench of benches) {
    process.stderr.write(`${bench.id} ${bench.title}\n`);
    const common = {
      id: bench.id,
      date: new Date().toISOString(),
      machine: machine(),
      rounds: options.rounds,
      ...stamp,
    };
    try {
      for (const result of [await bench.run(options)].flat()) results.push({ ...common, ...result });
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(`\n  ${bench.id} failed: ${error.stack ?? error}\n`);
    }
  }
  return results;
}

export function verdict({ ratio, ratioUnit }) {
  return `${ratio.toFixed(2)}${ratioUnit ?? ' ×'}`;
}

/** A table with a line for each contender. */
export function rowsOf(results) {
  const rows = [['goal', 'subject', 'contender', 'median', 'result', 'wanted', 'met']];
  for (const result of results) {
    for (const [index, [name, { median }]] of Object.entries(result.figures).entries()) {
      const first = index === 0;
      rows.push([
        first ? result.id : '',
        first ? result.subject : '',
        name,
        `${median.toFixed(3)} ${result.unit}`,
        first ? verdict(result) : '',
        first ? result.goal : '',
        first ? (result.met ? 'yes' : 'no') : '',
      ]);
    }
  }
  return rows;
}

/** Puts results into a file beside those of the benches that were not run this time, and gives all. */
export function keep(file, results) {
  const earlier = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : [];
  const kept = earlier.filter(({ id }) => !results.some((result) => result.id === id));
  const all = [...kept, ...results].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  writeFileSync(file, `${JSON.stringify({ results: all }, null, 2)}\n`);
  return all;
}
