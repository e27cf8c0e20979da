export interface ModelLedgerOptions {
  /** Bytes of weights that may stay loaded. */
  readonly memory: number;
  /** Milliseconds after which unused weights go. */
  readonly idleMs: number;
  /** Milliseconds of a monotonic clock. Defaults to the process's. */
  readonly now?: () => number;
}

interface Entry {
  readonly path: string;
  readonly bytes: number;
  /** Calls that want it, waiting or running. */
  users: number;
  loaded: boolean;
  lastUse: number;
}

/**
 * Which models are loaded, and which of them are to go. A model in use stays whatever it takes, so the cap is exceeded
 * when the models in use at once need more.
 */
export class ModelLedger {
  readonly #memory: number;
  readonly #idleMs: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor({ memory, idleMs, now = () => performance.now() }: ModelLedgerOptions) {
    this.#memory = memory;
    this.#idleMs = idleMs;
    this.#now = now;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Paths of the models, most recently used last. */
  get paths(): string[] {
    return [...new Set(this.#byUse().map(([, { path }]) => path))];
  }

  /** A call wants a model. Gives the keys of those that have to go first; they are forgotten. */
  begin(key: string, path: string, bytes: number): string[] {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.users++;
      return [];
    }
    const gone: string[] = [];
    let total = bytes;
    for (const entry of this.#entries.values()) total += entry.bytes;
    for (const [candidate, entry] of this.#byUse()) {
      if (total <= this.#memory) break;
      if (entry.users > 0) continue;
      total -= entry.bytes;
      gone.push(candidate);
      this.#entries.delete(candidate);
    }
    this.#entries.set(key, { path, bytes, users: 1, loaded: false, lastUse: this.#now() });
    return gone;
  }

  /** The call has ended; without having loaded the model when it failed before that. */
  end(key: string, loaded: boolean): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.users--;
    entry.loaded ||= loaded;
    entry.lastUse = this.#now();
    if (entry.users === 0 && !entry.loaded) this.#entries.delete(key);
  }

  /** The keys of those that nobody used for long; they are forgotten. */
  expire(): string[] {
    const old = this.#byUse().filter(([, entry]) => entry.users === 0 && this.#idle(entry) >= this.#idleMs);
    for (const [key] of old) this.#entries.delete(key);
    return old.map(([key]) => key);
  }

  /** Milliseconds until a model may have been idle for long enough; null when none is unused. */
  get nextExpiry(): number | null {
    const unused = [...this.#entries.values()].filter((entry) => entry.users === 0);
    if (unused.length === 0) return null;
    return Math.max(0, this.#idleMs - Math.max(...unused.map((entry) => this.#idle(entry))));
  }

  #idle(entry: Entry): number {
    return this.#now() - entry.lastUse;
  }

  #byUse(): Array<[string, Entry]> {
    return [...this.#entries].sort(([, a], [, b]) => a.lastUse - b.lastUse);
  }
}
