import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { AUDIO, ROOT } from '../library/support.js';

/** The long form of the fault tests: `npm run test:soak`. */
export const SOAK = process.env.VOICELINGUA_SOAK === '1';
const BIN = join(ROOT, 'bin', 'voicelingua.js');
const RECORDINGS = join(ROOT, 'tools', 'demo', 'recordings');

/** A folder that is gone when the test process ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `voicelingua-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Clips {
  readonly good: readonly string[];
  readonly damaged: readonly string[];
}

/** Ways in which a file may be no recording, whatever its name says. */
const DAMAGE: ReadonlyArray<(random: () => number) => Buffer> = [
  () => Buffer.alloc(0),
  () => Buffer.from('<html><body>404 not found</body></html>\n'),
  (random) => Buffer.from(Uint8Array.from({ length: 3000 }, () => Math.floor(random() * 256))),
  () => readFileSync(join(AUDIO, 'sentence.wav')).subarray(0, 30),
  () => readFileSync(join(AUDIO, 'sentence.flac')).subarray(0, 20),
  () => readFileSync(join(AUDIO, 'sentence.m4a')).subarray(0, 200),
];

/** Short recordings of mixed formats in some folders below `folder`, a share of them damaged. Names are paths below it. */
export function makeClips(folder: string, count: number, damagedShare: number, random: () => number): Clips {
  const sources = readdirSync(RECORDINGS)
    .filter((name) => !name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(RECORDINGS, name));
  const good: string[] = [];
  const damaged: string[] = [];
  for (let index = 0; index < count; index++) {
    const source = sources[index % sources.length] as string;
    const extension = source.slice(source.lastIndexOf('.'));
    const path = join(folder, `part ${index % 7}`, `clip ${String(index).padStart(4, '0')}${extension}`);
    mkdirSync(join(path, '..'), { recursive: true });
    if (random() < damagedShare) {
      writeFileSync(path, (DAMAGE[Math.floor(random() * DAMAGE.length)] as (typeof DAMAGE)[number])(random));
      damaged.push(relative(folder, path));
    } else {
      copyFileSync(source, path);
      good.push(relative(folder, path));
    }
  }
  return { good, damaged };
}

export interface CliRun {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Objects of `--json`, as they came. */
  readonly records: Array<Record<string, unknown>>;
  readonly stderr: () => string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves when a record `matches`; rejects when the run ends without. */
  readonly says: (matches: (record: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>;
  /** Resolves when the first task is in work. */
  readonly started: () => Promise<void>;
}

/** The command line as users run it, from what the build made, with a home of its own. */
export function startCli(args: readonly string[], home: string, env: Record<string, string> = {}): CliRun {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: home,
    env: {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_DATA_HOME: join(home, 'data'),
      XDG_STATE_HOME: join(home, 'state'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const records: Array<Record<string, unknown>> = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let stderr = '';
  let over = false;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) records.push(JSON.parse(line) as Record<string, unknown>);
    for (const look of waiting) look();
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    for (const look of waiting) look();
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      resolve({ code, signal });
      for (const look of waiting) look();
    });
  });
  const seen = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined && !over) return;
        waiting.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`the command ended without saying it:\n${stderr}`));
      };
      waiting.add(look);
      look();
    });
  return {
    child,
    pid: child.pid as number,
    records,
    stderr: () => stderr,
    ended,
    says: (matches) => seen(() => records.find(matches)),
    started: async () => {
      await seen(() => /; .* (?:started|\d+ %)$/m.exec(stderr) ?? undefined);
    },
  };
}

/** Child processes of a process that run an engine host. */
export function hostsOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => /voicelingua-host|host-main/.test(commandOf(child)));
}

export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

export function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '')[0];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

export async function until(holds: () => boolean, deadlineMs: number, what: string): Promise<number> {
  const started = performance.now();
  while (!holds()) {
    if (performance.now() - started > deadlineMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await pause(10);
  }
  return performance.now() - started;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a store's file says, read by SQLite itself and not through our code. */
export function inspectStore(path: string) {
  const db = new Database(path, { readonly: true });
  try {
    return {
      integrity: db.pragma('integrity_check', { simple: true }) as string,
      tasks: db
        .prepare(
          'SELECT t.id, t.text_id, t.status, t.attempts, t.retries, t.crashes, t.losses, t.error FROM tasks t ORDER BY seq',
        )
        .all() as Array<{
        id: string;
        text_id: string;
        status: string;
        attempts: number;
        retries: number;
        crashes: number;
        losses: number;
        error: string | null;
      }>,
      doubledContents: db
        .prepare(
          'SELECT count(*) AS n FROM (SELECT 1 FROM translations GROUP BY task_seq, language, source HAVING count(*) > 1)',
        )
        .pluck()
        .get() as number,
    };
  } finally {
    db.close();
  }
}

/** Windows of recordings that a store has as checkpoints; 0 for a store that is not there yet, or is being made. */
export function storedWindows(path: string): number {
  if (!existsSync(path)) return 0;
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare('SELECT count(*) FROM windows').pluck().get() as number;
  } catch {
    return 0;
  } finally {
    db.close();
  }
}

/** Files below a folder, as paths below it; none for a folder that is not there. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
