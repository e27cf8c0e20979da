import { spawn } from 'node:child_process';

/** Totals that uvu prints at the end of a file, summed; null when it printed none. */
export function parseUvu(output) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: uvu colours its output
  const plain = output.replace(/\x1b\[[0-9;]*m/g, '');
  const number = (name) =>
    [...plain.matchAll(new RegExp(`^ {2}${name}:\\s+(\\d+)\\s*$`, 'gm'))].map((match) => Number(match[1]));
  const totals = number('Total');
  if (totals.length === 0) return null;
  const sum = (values) => values.reduce((left, right) => left + right, 0);
  const total = sum(totals);
  const passed = sum(number('Passed'));
  const skipped = sum(number('Skipped'));
  return { total, passed, skipped, failed: total - passed - skipped };
}

/** What a test file says it left out: lines `skipped: …`, wherever uvu's dots put them. */
export function skippedNotes(output) {
  return [...output.matchAll(/skipped: (.+)$/gm)].map((match) => match[1].trim());
}

/** What a test file tells of itself though it passed: its seed, and lines that begin with a goal's number (`R7: …`). */
export function figures(output) {
  return [...output.matchAll(/(?:^|[•✘] ?|^\s+)((?:seed of |[RP]\d+: )[^"\n]+)$/gm)].map((match) => match[1].trim());
}

/**
 * The verdict on one file. A crash, a time-out, an exit code without a failed test, a failed test without an exit code and
 * a file that runs no test at all are each one failure.
 */
export function judge({ output, code, signal, timedOut, timeLimit }) {
  const totals = parseUvu(output) ?? { total: 0, passed: 0, skipped: 0, failed: 0 };
  const problems = [];
  if (timedOut) problems.push(`was stopped at its time limit of ${timeLimit / 1000} s`);
  else if (signal !== null) problems.push(`was ended by ${signal}`);
  else if (code !== 0 && totals.failed === 0) problems.push(`ended with exit code ${code}`);
  else if (code === 0 && totals.total === 0) problems.push('ran no test (is test.run() missing?)');
  if (totals.skipped > 0) problems.push(`skips ${totals.skipped} tests by .skip or .only`);
  return {
    passed: totals.passed,
    failed: totals.failed + problems.length,
    problems,
    notes: skippedNotes(output),
    figures: figures(output),
  };
}

/** Runs one test file in a process of its own, without standard input. */
export function runFile(file, { root, timeLimit, env }) {
  return new Promise((resolve) => {
    const started = Date.now();
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    let output = '';
    let timedOut = false;
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child);
    }, timeLimit);
    const stop = () => killGroup(child);
    process.once('exit', stop);
    const settle = (code, signal) => {
      clearTimeout(timer);
      process.removeListener('exit', stop);
      const verdict = judge({ output, code, signal, timedOut, timeLimit });
      resolve({ file, output, seconds: (Date.now() - started) / 1000, ...verdict });
    };
    child.once('error', (error) => {
      output += String(error);
      settle(1, null);
    });
    child.once('exit', (code, signal) => {
      // A grandchild that outlives its test keeps the pipes open: give output a moment, then go on.
      const late = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, 2000);
      child.once('close', () => {
        clearTimeout(late);
        settle(code, signal);
      });
    });
  });
}

function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
