#!/usr/bin/env node
// Runs test/**/*.test.ts, each file in a process of its own, and the Rust crate's tests. Arguments choose files by a piece
// of their path; --soak runs the long form of the fault tests. The last line is `N passed, N failed`.
import { readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { runCargoTests } from './lib/cargo-tests.mjs';
import { runFile } from './lib/run-file.mjs';

const CONCURRENCY = 2;
/** Longest that one file may take, milliseconds; VOICELINGUA_TEST_TIME_LIMIT (seconds) for slow machines. */
const soak = process.argv.includes('--soak');
const timeLimit = Number(process.env.VOICELINGUA_TEST_TIME_LIMIT || (soak ? 14_400 : 300)) * 1000;
const FAULTS = 'test/faults/';
/** What tells how long something took runs alone, after all else. */
const ALONE = /^test\/faults\/r(?:02|03|04|07|08|10|11)-/;
const root = realpathSync(join(import.meta.dirname, '..', '..'));
/** Weights that the machine's owner has put into the models folder would give other results. */
const VOICELINGUA_MODELS = join(root, 'build', 'no-models');
const env = { ...process.env, VOICELINGUA_MODELS, ...(soak ? { VOICELINGUA_SOAK: '1' } : {}) };
const given = process.argv.slice(2).filter((argument) => argument !== '--soak');
const filters = soak && given.length === 0 ? [FAULTS] : given;
const wanted = (name) => filters.length === 0 || filters.some((filter) => name.includes(filter));

function findTests(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) =>
      relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .sort();
}

const files = findTests(join(root, 'test')).filter(wanted);
const job = (file) => () => runFile(file, { root, timeLimit, env });
const jobs = files.filter((file) => !ALONE.test(file)).map(job);
const alone = files.filter((file) => ALONE.test(file)).map(job);
const total = () => jobs.length + alone.length;
if (wanted('native/rust')) jobs.unshift(() => runCargoTests({ root }));
if (total() === 0) {
  console.error(`No test file's path has ${filters.map((filter) => `"${filter}"`).join(' or ')} in it.`);
  console.log('0 passed, 0 failed');
  process.exit(2);
}

const results = [];
const width = String(total()).length;

function report(result) {
  results.push(result);
  const mark = result.failed === 0 ? 'ok  ' : 'FAIL';
  const count = String(results.length).padStart(width);
  console.log(
    `${mark} ${count}/${total()} ${result.file}: ${result.passed} passed${result.failed > 0 ? `, ${result.failed} failed` : ''} (${result.seconds.toFixed(1)} s)`,
  );
  for (const line of result.figures ?? []) console.log(`     ${line}`);
  if (result.failed > 0) {
    for (const problem of result.problems) console.log(`     ${result.file} ${problem}`);
    console.log(result.output.trimEnd().replace(/^/gm, '     | '));
  }
}

async function lane() {
  for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) report(await job());
}
let next = 0;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.once(signal, () => process.exit(code));
await Promise.all(Array.from({ length: CONCURRENCY }, lane));
for (const run of alone) report(await run());

const notes = results.flatMap((result) => result.notes.map((note) => `${result.file}: ${note}`)).sort();
if (notes.length > 0) {
  console.log(`\nSkipped (${notes.length}):`);
  for (const note of notes) console.log(`  ${note}`);
}
const failing = results.filter((result) => result.failed > 0);
if (failing.length > 0) {
  console.log('\nFailed:');
  for (const { file, failed } of failing) console.log(`  ${file} (${failed})`);
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
