import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(import.meta.dirname, '..', '..');
const { figures, judge, parseUvu, runFile, skippedNotes } = await import(
  new URL('../../tools/test/lib/run-file.mjs', import.meta.url).href
);
const { parseCargo } = await import(new URL('../../tools/test/lib/cargo-tests.mjs', import.meta.url).href);

const test = suite<{ folder: string }>('test runner');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'voicelingua-runner-'));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly output: string;
}

function run(folder: string, code: string, timeLimit = 30_000): Promise<Outcome> {
  const file = join(folder, 'sample.test.mts');
  const uvu = JSON.stringify(new URL('../../node_modules/uvu/dist/index.mjs', import.meta.url).href);
  writeFileSync(file, `const { test } = await import(${uvu});\n${code}`);
  return runFile(file, { root, timeLimit, env: process.env });
}

const printed = (total: number, passed: number, skipped = 0): string =>
  `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1.00ms\n`;
const ended = { code: 0, signal: null, timedOut: false, timeLimit: 1000 };

test('totals of several suites in one file are summed, colours or not', () => {
  assert.equal(parseUvu(`${printed(3, 2)}${printed(2, 1, 1)}`), { total: 5, passed: 3, skipped: 1, failed: 1 });
  assert.equal(parseUvu('  Total:     \x1b[32m4\x1b[0m\n  Passed:    \x1b[32m4\x1b[0m\n'), {
    total: 4,
    passed: 4,
    skipped: 0,
    failed: 0,
  });
  assert.is(parseUvu('nothing'), null);
});

test('each way to fail without a failed test counts as one failure', () => {
  assert.equal(judge({ ...ended, output: printed(2, 2) }).failed, 0);
  assert.equal(judge({ ...ended, output: printed(2, 1), code: 1 }).failed, 1);
  assert.equal(judge({ ...ended, output: printed(2, 2), code: 1 }).failed, 1);
  assert.equal(judge({ ...ended, output: '', signal: 'SIGSEGV', code: null }).failed, 1);
  assert.equal(judge({ ...ended, output: printed(2, 2), signal: 'SIGABRT', code: null }).failed, 1);
  assert.equal(judge({ ...ended, output: '' }).failed, 1);
  assert.equal(judge({ ...ended, output: printed(3, 2, 1) }).failed, 1);
});

test('seeds and figures of goals are found behind the dots', () => {
  assert.equal(figures('• seed of R2: 7\n• • R2: 3 kills\nsomething R2\n'), ['seed of R2: 7', 'R2: 3 kills']);
});

test('notes of what was skipped are found behind the dots', () => {
  assert.equal(skippedNotes('• • skipped: no shared data\n•\nskipped: no ffmpeg\n'), ['no shared data', 'no ffmpeg']);
});

test('results of all test programs of cargo are summed', () => {
  const lines = [
    'test a::b ... ok',
    'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out',
    'test c::d ... FAILED',
    'test result: FAILED. 4 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out',
  ];
  assert.equal(parseCargo(lines), { passed: 7, failed: 1, names: ['c::d'] });
});

test('a file that passes, one that fails, one that runs no test', async ({ folder }) => {
  const good = await run(folder, "test('a', () => { console.log('skipped: something'); }); test.run();");
  assert.equal([good.passed, good.failed, good.notes], [1, 0, ['something']]);
  const bad = await run(folder, "test('a', () => {}); test('b', () => { throw new Error('broken'); }); test.run();");
  assert.equal([bad.passed, bad.failed], [1, 1]);
  assert.match(bad.output, 'broken');
  const none = await run(folder, "test('a', () => {});");
  assert.equal([none.passed, none.failed], [0, 1]);
});

test('a crash and a hang are failures that name themselves', async ({ folder }) => {
  const crash = await run(folder, "test('a', () => { process.kill(process.pid, 'SIGSEGV'); }); test.run();");
  assert.equal([crash.passed, crash.failed], [0, 1]);
  assert.match(crash.problems[0] as string, 'SIGSEGV');
  const hang = await run(folder, "test('a', () => new Promise(() => setInterval(() => {}, 1000))); test.run();", 3000);
  assert.equal([hang.passed, hang.failed], [0, 1]);
  assert.match(hang.problems[0] as string, 'time limit of 3 s');
});

test.run();
