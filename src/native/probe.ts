import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryUrl, PACKAGE_ROOT } from '../package/files.js';

/** Longest that the trial may take, milliseconds. */
const TIME_LIMIT = 60_000;

export interface ProbeOptions {
  /** Small quantised model for a trial recognition; without it only loading is tried. */
  readonly model: string;
  /** Folder of verdicts. Defaults to `$XDG_CACHE_HOME/voicelingua/probe`. */
  readonly cache?: string;
}

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Tries an addon in a child process, because a binary built for another CPU, or by a compiler that miscompiles
 * (see docs on AMX under gcc 12), dies by a signal that no catch can hold. CPU flags alone do not tell. A good verdict
 * is remembered for this file on this CPU, so that later calls cost a few stats; a bad one is tried again.
 */
export function probeBinary(path: string, { model, cache = verdictFolder() }: ProbeOptions): Verdict {
  const verdict = join(cache, verdictName(path, model));
  if (existsSync(verdict)) return { ok: true };
  const result = tryInChild(path, model);
  if (result.ok) remember(cache, verdict);
  return result;
}

export function verdictFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'voicelingua', 'probe');
}

function mark(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${path}:${stat.size}:${stat.mtimeMs}:${stat.ino}`;
}

function verdictName(path: string, model: string): string {
  const facts = [mark(path), mark(model), process.arch, process.versions.modules, cpus()[0]?.model ?? ''];
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 32);
}

function remember(folder: string, verdict: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(verdict, '');
  } catch {
    // A read-only home only means that the next process tries again.
  }
}

function tryInChild(path: string, model: string): Verdict {
  const child = fileURLToPath(entryUrl('native/probe-child'));
  const typescript = child.endsWith('.ts');
  const result = spawnSync(process.execPath, [...(typescript ? ['--import', 'tsx'] : []), child, path, model], {
    // `--import tsx` is looked up from the working directory.
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIME_LIMIT,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (result.status === 0) return { ok: true };
  if (result.error !== undefined && 'code' in result.error && result.error.code === 'ETIMEDOUT') {
    return { ok: false, reason: `it did not finish a trial run in ${TIME_LIMIT / 1000} s` };
  }
  if (result.signal !== null) {
    return {
      ok: false,
      reason: `it crashed with ${result.signal} in a trial run; it was probably built for another CPU or by a compiler with a fault`,
    };
  }
  const detail = result.stderr?.trim().split('\n')[0] || result.error?.message || `exit code ${result.status}`;
  return { ok: false, reason: detail };
}
