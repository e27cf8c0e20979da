import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** First line a command prints, or null when it cannot be run. */
export function firstLine(command, args) {
  const text = capture(command, args);
  return text === null ? null : (text.split('\n')[0]?.trim() ?? '');
}

/** Standard output of a command, or null when it cannot be run or fails. */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 256 << 20, ...options });
  return result.error || result.status !== 0 ? null : result.stdout;
}

export class CommandFailed extends Error {
  constructor(command, status, output) {
    super(`${command} failed (${status})`);
    this.name = 'CommandFailed';
    this.output = output;
  }
}

/**
 * Runs a command; its lines go to `onLine(line, stream)`. The last lines are kept and come with the error, so that
 * quiet builds still show why they failed. The command gets a process group of its own, which ends with this process:
 * an interrupted build leaves no compiler running behind a released lock.
 */
export function run(command, args, { onLine = () => {}, keep = 200, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached, ...options });
    const tail = [];
    const listen = (stream, name) => {
      createInterface({ input: stream }).on('line', (line) => {
        const text = onLine(line, name) ?? line;
        if (text === '') return;
        tail.push(text);
        if (tail.length > keep) tail.shift();
      });
    };
    listen(child.stdout, 'stdout');
    listen(child.stderr, 'stderr');
    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(detached ? -child.pid : child.pid, 'SIGTERM');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    };
    process.once('exit', kill);
    child.once('error', (error) => {
      process.removeListener('exit', kill);
      reject(new CommandFailed(command, error.code ?? error.message, tail));
    });
    child.once('close', (code, signal) => {
      process.removeListener('exit', kill);
      if (code === 0) resolve();
      else reject(new CommandFailed([command, ...args].join(' '), signal ?? `exit code ${code}`, tail));
    });
  });
}
