import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a control group leaves. Bytes. */
export interface CgroupLimit {
  readonly limit: number;
  readonly available: number;
}

interface Mount {
  readonly version: 1 | 2;
  /** The folder that is mounted, as a path inside the hierarchy; a container often sees its own group only. */
  readonly root: string;
  /** Where it is mounted. */
  readonly point: string;
}

/** Version 1 writes the largest number of whole pages for "no limit"; no machine comes near a fourth of it. */
const UNLIMITED = 2 ** 61;

/**
 * Memory limits of the control groups that this process is in: version 2, or version 1 where its memory controller still is.
 * A limit of any group above counts as well as the own one's.
 */
export class CgroupMemory {
  readonly #procRoot: string;
  readonly #root: string;
  #mounts: readonly Mount[] | null = null;

  /** @param root put before the mount points that `/proc` names */
  constructor(procRoot: string, root: string) {
    this.#procRoot = procRoot;
    this.#root = root;
  }

  /** The limit that leaves least; null without any. */
  tightest(): CgroupLimit | null {
    let best: CgroupLimit | null = null;
    for (const { version, folder } of this.#groups()) {
      const found = version === 2 ? readVersion2(folder) : readVersion1(folder);
      if (found !== null && (best === null || found.available < best.available)) best = found;
    }
    return best;
  }

  /** The process's own group and those above it, as far as they can be seen. Read each time: a process can be moved. */
  #groups(): Array<{ readonly version: 1 | 2; readonly folder: string }> {
    const groups: Array<{ version: 1 | 2; folder: string }> = [];
    this.#mounts ??= readMounts(this.#procRoot);
    for (const [version, path] of readMembership(this.#procRoot)) {
      for (const mount of this.#mounts) {
        if (mount.version !== version) continue;
        let inside = below(mount.root, path);
        for (;;) {
          groups.push({ version, folder: join(this.#root, mount.point, inside) });
          if (inside === '/' || inside === '.') break;
          inside = dirname(inside);
        }
      }
    }
    return groups;
  }
}

/** `path` seen from `root`; the root itself when it lies elsewhere (another namespace's view). */
function below(root: string, path: string): string {
  if (root === '/') return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) || '/' : '/';
}

/** Lines of /proc/self/cgroup: `0::/path` is version 2, `4:memory:/path` version 1. */
function readMembership(procRoot: string): Array<readonly [1 | 2, string]> {
  const groups: Array<readonly [1 | 2, string]> = [];
  for (const line of lines(join(procRoot, 'self', 'cgroup'))) {
    const found = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (found === null) continue;
    const [, controllers = '', path = '/'] = found;
    if (controllers === '') groups.push([2, path]);
    else if (controllers.split(',').includes('memory')) groups.push([1, path]);
  }
  return groups;
}

/** Lines of /proc/self/mountinfo: `31 23 0:28 ROOT POINT options - cgroup2 source options`. */
function readMounts(procRoot: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of lines(join(procRoot, 'self', 'mountinfo'))) {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root, point] = left.split(' ');
    const [type, , options = ''] = right.split(' ');
    if (root === undefined || point === undefined) continue;
    const memory = type === 'cgroup' && options.split(',').includes('memory');
    if (type === 'cgroup2' || memory) {
      mounts.push({ version: memory ? 1 : 2, root: unescaped(root), point: unescaped(point) });
    }
  }
  return mounts;
}

/** The kernel writes blanks and backslashes of paths in octal there. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** From memory.high on the kernel slows a group down, so it counts as a limit like memory.max. */
function readVersion2(folder: string): CgroupLimit | null {
  const limit = Math.min(limitIn(folder, 'memory.max'), limitIn(folder, 'memory.high'));
  return left(folder, limit, 'memory.current', ['inactive_file', 'active_file']);
}

function readVersion1(folder: string): CgroupLimit | null {
  return left(folder, limitIn(folder, 'memory.limit_in_bytes'), 'memory.usage_in_bytes', [
    'total_inactive_file',
    'total_active_file',
  ]);
}

/** Cached pages of files count as used, but the kernel drops them before it kills: the machine's MemAvailable leaves them out too. */
function left(folder: string, limit: number, usageFile: string, dropped: readonly string[]): CgroupLimit | null {
  if (limit >= UNLIMITED) return null;
  const usage = numberIn(folder, usageFile);
  if (usage === null) return null;
  const stat = read(join(folder, 'memory.stat')) ?? '';
  const cache = dropped.reduce((sum, name) => sum + statValue(stat, name), 0);
  return { limit, available: Math.max(0, limit - Math.max(0, usage - cache)) };
}

function limitIn(folder: string, file: string): number {
  return numberIn(folder, file) ?? Number.POSITIVE_INFINITY;
}

/** Null for `max`, and for a file that is not there. */
function numberIn(folder: string, file: string): number | null {
  const text = read(join(folder, file))?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

function statValue(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function lines(file: string): string[] {
  return (read(file) ?? '').split('\n');
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
