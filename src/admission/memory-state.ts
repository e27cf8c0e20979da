import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { MemoryState } from '../domain/memory.js';
import { CgroupMemory } from './cgroup-memory.js';

/** Where to look; a test hands in folders of its own. */
export interface MemorySources {
  /** Defaults to `/proc`. */
  readonly procRoot: string;
  /** Where the cgroup file systems are mounted, below this folder; mount points are taken from `procRoot`. Defaults to `/`. */
  readonly root: string;
  readonly platform: NodeJS.Platform;
  /** Memory of the machine where there is no `/proc`. */
  readonly system: () => { readonly total: number; readonly available: number };
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** How long one reading is given out, milliseconds. */
const FRESH_MS = 200;

/**
 * The memory that is left, machine and container looked at together. A reading is a few small files of the kernel and takes some
 * 100 µs; for 200 ms the same one is given.
 */
export class MemoryReader {
  readonly #sources: MemorySources;
  readonly #cgroup: CgroupMemory | null;
  #state: MemoryState | null = null;
  #readAt = 0;

  constructor(sources: Partial<MemorySources> = {}) {
    this.#sources = { procRoot: '/proc', root: '/', platform: process.platform, system, now, ...sources };
    const { procRoot, root, platform } = this.#sources;
    this.#cgroup = platform === 'linux' ? new CgroupMemory(procRoot, root) : null;
  }

  read(): MemoryState {
    const at = this.#sources.now();
    if (this.#state === null || at - this.#readAt >= FRESH_MS) {
      this.#state = this.#look();
      this.#readAt = at;
    }
    return this.#state;
  }

  #look(): MemoryState {
    const machine = this.#machine();
    const container = this.#cgroup?.tightest() ?? null;
    if (container === null || container.limit >= machine.total || container.available > machine.available) {
      return stateOf(machine.total, machine.available, 'machine');
    }
    return stateOf(container.limit, container.available, 'container');
  }

  #machine(): { readonly total: number; readonly available: number } {
    if (this.#sources.platform !== 'linux') return this.#sources.system();
    try {
      const text = readFileSync(join(this.#sources.procRoot, 'meminfo'), 'latin1');
      const total = kibibytes(text, 'MemTotal');
      const available = kibibytes(text, 'MemAvailable');
      if (total !== null && available !== null) return { total, available };
    } catch {
      // A sandbox without /proc: the system call knows the sizes too.
    }
    return this.#sources.system();
  }
}

let shared: MemoryReader | null = null;

/** {@link MemoryReader} for this process. */
export function readMemory(): MemoryState {
  shared ??= new MemoryReader();
  return shared.read();
}

/** Resident bytes of a process; null when it is gone or the system does not tell (Linux alone does). */
export function residentMemory(pid: number, procRoot = '/proc'): number | null {
  try {
    return kibibytes(readFileSync(join(procRoot, String(pid), 'status'), 'latin1'), 'VmRSS');
  } catch {
    return null;
  }
}

function kibibytes(text: string, name: string): number | null {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  return found === null ? null : Number(found[1]) * 1024;
}

function stateOf(total: number, available: number, limit: MemoryState['limit']): MemoryState {
  const left = Math.min(Math.max(available, 0), total);
  return { total, available: left, used: total > 0 ? 1 - left / total : 1, limit };
}

function system(): { total: number; available: number } {
  const total = totalmem();
  const available = (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem();
  // macOS fills memory with what it can drop at once, and before libuv 1.52 only the pages that hold nothing are counted: next
  // to none on a healthy machine.
  return process.platform === 'darwin' && !countsInactivePages(process.versions.uv)
    ? { total, available: Math.max(available, total / 2) }
    : { total, available };
}

function countsInactivePages(uv: string): boolean {
  const [major = 0, minor = 0] = uv.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 52);
}

function now(): number {
  return performance.now();
}
