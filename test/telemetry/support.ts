import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { LogEntry } from '../../src/api-types.js';
import type { SerializedError } from '../../src/domain/errors.js';
import type { LifecycleEvent } from '../../src/domain/lifecycle.js';

export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vl-telemetry-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type Line = Record<string, unknown>;

/** The lines of a log file; throws when one is no JSON object. */
export function linesOf(file: string): Line[] {
  return parse(readFileSync(file, 'utf8'));
}

function parse(text: string): Line[] {
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error(`The last line is cut off: ${text.slice(-80)}`);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Names of what was put aside beside a log file, sorted. */
export function asideOf(file: string): string[] {
  const prefix = `${path.basename(file)}.`;
  return readdirSync(path.dirname(file))
    .filter((name) => name.startsWith(prefix))
    .sort();
}

/** Lines of the log file and of everything put aside, the oldest first. */
export function allLinesOf(file: string): Line[] {
  const old = asideOf(file).flatMap((name) => {
    const content = readFileSync(path.join(path.dirname(file), name));
    return parse((name.endsWith('.gz') ? gunzipSync(content) : content).toString());
  });
  return [...old, ...linesOf(file)];
}

export function entry(message: string, changes: Partial<LogEntry> = {}): LogEntry {
  return { level: 'info', message, ...changes };
}

/** Waits until `met`, or fails naming `what` after a minute: a slow machine's time, not a measure. */
export async function until(what: string, met: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await met()); await delay(20)) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`);
  }
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of test/telemetry/children; `shell` puts a command before it, as `ulimit`. */
export async function runChild(
  child: string,
  args: readonly string[],
  { shell, env }: { readonly shell?: string; readonly env?: Record<string, string> } = {},
): Promise<Ended> {
  const script = fileURLToPath(new URL(`./children/${child}.ts`, import.meta.url));
  const command = [process.execPath, '--import', 'tsx', script, ...args];
  const [program, ...rest] = shell === undefined ? command : ['bash', '-c', `${shell}; exec "$@"`, 'bash', ...command];
  const spawned = spawn(program as string, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  spawned.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  spawned.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = (await once(spawned, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

export const FAILURE: SerializedError = {
  code: 'ENGINE_FAILED',
  message: 'The engine gave up.',
  retryable: true,
  details: { window: 3 },
};

const task = { taskId: 'task-1', textId: 'talks/day1', taskType: 'audio' } as const;

/** One event of each kind, and of each kind of end. */
export const EVENTS: readonly LifecycleEvent[] = [
  { ...task, type: 'submitted' },
  { ...task, type: 'started', attempt: 1, queueSeconds: 2.5 },
  { ...task, type: 'stage', stage: 'transcribe', seconds: null },
  { ...task, type: 'stage', stage: 'transcribe', seconds: 1.25 },
  { ...task, type: 'retry', error: FAILURE, retry: 1, delayMs: 60_000 },
  { ...task, type: 'crash', error: { ...FAILURE, code: 'ENGINE_CRASHED' }, crashes: 2, stage: 'translate', delayMs: 0 },
  { ...task, type: 'released', reason: 'shutdown' },
  { ...task, type: 'lost', owner: 'host-7' },
  { ...task, type: 'ended', status: 'completed', error: null, processingSeconds: 4, audioSeconds: 16 },
  { ...task, type: 'ended', status: 'failed', error: FAILURE, processingSeconds: 3, audioSeconds: null },
  { ...task, type: 'ended', status: 'cancelled', error: null, processingSeconds: 0, audioSeconds: null },
  { type: 'host-restart', reason: 'memory', pid: 77, signal: null },
];
