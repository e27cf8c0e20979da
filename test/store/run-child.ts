import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

export interface ChildOptions {
  /** Kills the child with SIGKILL once it has printed so many lines. */
  readonly killAfter?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs one of `children/` to its end. */
export async function runChild(
  child: string,
  args: readonly string[],
  { killAfter = Number.POSITIVE_INFINITY, env = process.env }: ChildOptions = {},
): Promise<Outcome> {
  const script = fileURLToPath(new URL(`./children/${child}.ts`, import.meta.url));
  const spawned = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  spawned.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > killAfter) spawned.kill('SIGKILL');
  });
  spawned.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code, signal] = (await once(spawned, 'close')) as [number | null, NodeJS.Signals | null];
  // The last line of a killed child may be cut.
  return { code, signal, lines: output.split('\n').slice(0, -1), errors };
}

/** SQLite's own verdict on a store: `ok`. */
export function integrity(file: string): unknown {
  const database = new Database(file, { readonly: true });
  try {
    return database.pragma('integrity_check', { simple: true });
  } finally {
    database.close();
  }
}
