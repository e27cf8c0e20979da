import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { openForWriting } from './open-files.js';

/** An empty file is given more time: most are the beginning of a copy. */
const EMPTY_SETTLE_MS = 30_000;
/** After that somebody is told what a file waits for. */
const TELL_AFTER_MS = 30_000;
const STATS_AT_ONCE = 32;

interface Waiting {
  size: number;
  mtimeMs: number;
  /** When it was last seen changed. */
  since: number;
  told: boolean;
}

export interface SettledFile {
  readonly path: string;
  /** The file that the path leads to, links followed. */
  readonly real: string;
}

export interface SettlingOptions {
  /** A file is complete when it has not changed for so long. */
  readonly settleMs: number;
  readonly ready: (files: readonly SettledFile[]) => void;
  /** Called once for a file that does not change any more but is still open for writing. */
  readonly held: (path: string) => void;
}

/** Files that may still be written: each is ready when it has not changed for a while and nobody has it open for writing. */
export class Settling {
  readonly #options: SettlingOptions;
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | null = null;
  #looking = false;
  #started = false;
  #closed = false;

  constructor(options: SettlingOptions) {
    this.#options = options;
  }

  /** Looks from now on; what was added before is looked at together. */
  start(): void {
    this.#started = true;
    this.#schedule();
  }

  /** A file that has come or changed. */
  add(path: string, facts: Stats | undefined): void {
    if (this.#closed) return;
    const now = Date.now();
    if (!this.#waiting.has(path)) {
      this.#waiting.set(path, {
        size: facts?.size ?? -1,
        mtimeMs: facts?.mtimeMs ?? -1,
        // A file that was there long before need not be waited for; one whose time lies ahead says nothing.
        since: Math.min(now, facts?.mtimeMs ?? now),
        told: false,
      });
    }
    this.#schedule();
  }

  remove(path: string): void {
    this.#waiting.delete(path);
  }

  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (!this.#started || this.#closed || this.#looking || this.#timer !== null || this.#waiting.size === 0) return;
    const every = Math.min(500, Math.max(50, this.#options.settleMs / 4));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#looking = true;
      void this.#look().finally(() => {
        this.#looking = false;
        this.#schedule();
      });
    }, every);
  }

  async #look(): Promise<void> {
    const paths = [...this.#waiting.keys()];
    const still: string[] = [];
    // One time for all: of two files, the one that was complete first is never told later.
    const now = Date.now();
    for (let at = 0; at < paths.length; at += STATS_AT_ONCE) {
      const some = paths.slice(at, at + STATS_AT_ONCE);
      const settled = await Promise.all(some.map((path) => this.#isStill(path, now)));
      still.push(...some.filter((_, index) => settled[index]));
    }
    const files: SettledFile[] = [];
    for (const path of still) {
      const real = await realpath(path).catch(() => null);
      if (real !== null) files.push({ path, real });
    }
    const held = await openForWriting(new Set(files.map(({ real }) => real)));
    const ready: SettledFile[] = [];
    for (const file of files) {
      const waiting = this.#waiting.get(file.path);
      if (waiting === undefined) continue;
      if (!held.has(file.real)) {
        this.#waiting.delete(file.path);
        ready.push(file);
      } else if (!waiting.told && Date.now() - waiting.since > TELL_AFTER_MS) {
        waiting.told = true;
        this.#options.held(file.path);
      }
    }
    if (ready.length > 0 && !this.#closed) this.#options.ready(ready);
  }

  async #isStill(path: string, now: number): Promise<boolean> {
    const facts = await stat(path).catch(() => null);
    const waiting = this.#waiting.get(path);
    if (waiting === undefined) return false;
    if (facts === null || !facts.isFile()) {
      this.#waiting.delete(path);
      return false;
    }
    if (facts.size !== waiting.size || facts.mtimeMs !== waiting.mtimeMs) {
      waiting.size = facts.size;
      waiting.mtimeMs = facts.mtimeMs;
      waiting.since = Date.now();
      waiting.told = false;
      return false;
    }
    const settle = facts.size === 0 ? Math.max(EMPTY_SETTLE_MS, this.#options.settleMs) : this.#options.settleMs;
    return now - waiting.since >= settle;
  }
}
