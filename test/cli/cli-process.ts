import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./entry.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcessOptions {
  /** Where it runs, and where its settings, store and log lie. */
  readonly cwd: string;
  /** Beside `ownEnvironment(cwd)`, or in its place. */
  readonly env?: NodeJS.ProcessEnv;
  /** All that it reads: nothing by default; with null it waits for what is written to the child. */
  readonly stdin?: string | Buffer | null;
  /** What is run in place of the command line as it is. */
  readonly entry?: string;
  /** One that hangs is killed, so that the tests do not hang too. */
  readonly deadlineMs?: number;
  /** Called with all of stdout so far. */
  readonly onStdout?: (seen: string, child: ChildProcessWithoutNullStreams) => void;
  /** Called with all of stderr so far. */
  readonly onStderr?: (seen: string, child: ChildProcessWithoutNullStreams) => void;
}

/** Nothing of the user's own: settings, store and log lie in `cwd`. */
export function ownEnvironment(cwd: string): NodeJS.ProcessEnv {
  return { ...process.env, XDG_CONFIG_HOME: cwd, XDG_STATE_HOME: cwd, VOICELINGUA_STORE: `${cwd}/store.sqlite` };
}

/**
 * The whole command line in a process of its own.
 * @returns the child, and what it left behind once it has ended
 */
export function startCli(
  argv: readonly string[],
  { cwd, env = {}, stdin = '', entry = ENTRY, deadlineMs = 200_000, onStdout, onStderr }: CliProcessOptions,
): { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--import', TSX, entry, ...argv], {
    cwd,
    env: { ...ownEnvironment(cwd), ...env },
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    onStdout?.(stdout, child);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    onStderr?.(stderr, child);
  });
  child.stdin.on('error', () => {});
  if (stdin !== null) child.stdin.end(stdin);
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, ended };
}
