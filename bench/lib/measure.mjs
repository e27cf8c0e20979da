import { spawn } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs each contender once per round, in turn, so that a slow minute of the machine hits all of them; the first round
 * warms up and is dropped. A contender is an async function that gives seconds (or any figure).
 * @returns for each name its figures and their median
 */
export async function interleave(contenders, rounds = 5) {
  const names = Object.keys(contenders);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const figure = await contenders[name]();
      if (round > 0) figures[name].push(figure);
      process.stderr.write(`\r  round ${round} of ${rounds}: ${name} ${figure.toFixed(3)}          `);
    }
  }
  process.stderr.write('\n');
  return Object.fromEntries(names.map((name) => [name, { all: figures[name], median: median(figures[name]) }]));
}

/** Runs a command to its end; rejects when it fails. */
export function command(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const out = [];
    const err = [];
    child.stdout?.on('data', (chunk) => out.push(chunk));
    child.stderr?.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const stdout = Buffer.concat(out).toString('utf8');
      const stderr = Buffer.concat(err).toString('utf8');
      if (code === 0) resolve({ stdout, stderr, seconds: (performance.now() - started) / 1000 });
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code}: ${stderr.slice(-500)}`));
    });
  });
}

export function machine() {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model?.trim() ?? process.arch}, ${availableParallelism()} cores, ${gib} GiB, Node ${process.version}`;
}

export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => String(cell).padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
