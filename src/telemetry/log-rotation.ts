import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** When a log file is put aside, and how much is kept. */
export interface LogRotation {
  /** A file does not grow over this; lines that are written at once and are longer have a file of their own. */
  readonly maxBytes: number;
  /** Files kept beside the current one. */
  readonly keep: number;
  /** A file that was put aside is compressed when nobody has written to it for so long, milliseconds. */
  readonly quietMs: number;
  /** A lock or an unfinished archive that is older was left by a process that died, milliseconds. */
  readonly staleMs: number;
}

/** A new file each 10 MB and each day (UTC); ten old ones stay. */
export const LOG_ROTATION: LogRotation = { maxBytes: 10_000_000, keep: 10, quietMs: 10_000, staleMs: 10_000 };

/** `app.log` is put aside as `app.log.2026-01-31T23-59-59-999Z`, then compressed to the same name and `.gz`. */
const ASIDE = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(?<packed>\.gz(\.tmp)?)?$/;

/** Whether `length` more bytes belong into a new file. */
export function isDue(file: Stats, length: number, rotation: LogRotation, now: Date): boolean {
  if (file.size === 0) return false;
  return file.size + length > rotation.maxBytes || dayOf(file.mtime) < dayOf(now);
}

/**
 * Puts the file aside if it is due still; another process may be about it. Whoever writes finds a new file under the path afterwards.
 * Nothing is ever written over: a lock that was taken for a dead process's costs at most a file that is put aside early.
 */
export async function putAside(path: string, length: number, rotation: LogRotation, now: Date): Promise<void> {
  const lock = `${path}.lock`;
  if (!(await take(lock, rotation.staleMs))) return;
  try {
    const file = await statOrNull(path);
    if (file === null || !isDue(file, length, rotation, now)) return;
    let moment = now.getTime();
    while ((await statOrNull(asideName(path, moment))) !== null) moment += 1;
    await rename(path, asideName(path, moment));
    await dropOld(path, rotation.keep);
  } finally {
    await rm(lock, { force: true });
  }
}

/** Compresses what was put aside and is quiet, and drops what is too old; true when some is left for later. */
export async function tidy(path: string, rotation: LogRotation, signal: AbortSignal): Promise<boolean> {
  let left = false;
  for (const name of await asideNames(path)) {
    if (name.packed) continue;
    signal.throwIfAborted();
    const file = await statOrNull(name.path);
    if (file === null) continue;
    const quiet = Date.now() - file.mtimeMs >= rotation.quietMs;
    if (!quiet || !(await compress(name.path, file, rotation.staleMs, signal))) left = true;
  }
  await dropOld(path, rotation.keep);
  return left;
}

export async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** `ENOENT` and the like. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function asideName(path: string, moment: number): string {
  return `${path}.${new Date(moment).toISOString().replace(/[:.]/g, '-')}`;
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

interface Aside {
  readonly path: string;
  /** Without `.gz`: the same for a file, its archive and its unfinished archive. */
  readonly root: string;
  readonly packed: boolean;
}

/** Files that were put aside, the oldest first. */
async function asideNames(path: string): Promise<Aside[]> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const found: Aside[] = [];
  const names = await readdir(folder).catch((error) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.sort()) {
    if (!name.startsWith(prefix)) continue;
    const match = ASIDE.exec(name.slice(prefix.length));
    if (match === null) continue;
    const ending = match.groups?.packed ?? '';
    found.push({
      path: join(folder, name),
      root: name.slice(0, name.length - ending.length),
      packed: ending !== '',
    });
  }
  return found;
}

async function dropOld(path: string, keep: number): Promise<void> {
  const names = await asideNames(path);
  const roots = [...new Set(names.map((name) => name.root))];
  const old = new Set(roots.slice(0, Math.max(0, roots.length - keep)));
  for (const name of names) if (old.has(name.root)) await rm(name.path, { force: true });
}

/** False when it is left for later: somebody else is about it, or has written to it meanwhile. */
async function compress(path: string, before: Stats, staleMs: number, signal: AbortSignal): Promise<boolean> {
  const temporary = `${path}.gz.tmp`;
  if (!(await take(temporary, staleMs))) return false;
  let done = false;
  try {
    const target = createWriteStream(temporary, { flags: 'r+', flush: true });
    await pipeline(createReadStream(path), createGzip(), target, { signal });
    const after = await statOrNull(path);
    if (after === null || after.size !== before.size || after.mtimeMs !== before.mtimeMs) return after === null;
    await utimes(temporary, after.atime, after.mtime);
    await rename(temporary, `${path}.gz`);
    done = true;
    await unlink(path);
    return true;
  } catch (error) {
    // Another process was faster, or the file is old enough to be dropped by now.
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  } finally {
    if (!done) await rm(temporary, { force: true });
  }
}

/** Makes a file that nobody else has; false when another process holds it. One that is stale is taken away first. */
async function take(file: string, staleMs: number): Promise<boolean> {
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      await (await open(file, 'wx', 0o600)).close();
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = await statOrNull(file);
    if (holder !== null && Date.now() - holder.mtimeMs < staleMs) return false;
    await rm(file, { force: true });
  }
  return false;
}
