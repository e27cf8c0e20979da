/**
 * A task of more audio than this is long: it may keep a slot for minutes. About ten windows, which a lane does in seconds to
 * a minute.
 */
export const LONG_TASK_SECONDS = 300;

/** What a slot may be given to. */
export type SlotKind = 'any' | 'short';

/**
 * Room for tasks in work. When long tasks hold all of it, some more room is there for short ones alone, which the lanes then
 * serve in turn with the long ones; so a clip never waits for the end of a long recording.
 */
export class Slots {
  readonly #room: Readonly<Record<SlotKind, number>>;
  readonly #taken: Record<SlotKind, number> = { any: 0, short: 0 };
  #long = 0;
  #waiting: Array<() => void> = [];

  /** @param any tasks at once; @param short how many more while all of those are long */
  constructor(any: number, short: number) {
    this.#room = { any, short };
  }

  get taken(): number {
    return this.#taken.any + this.#taken.short;
  }

  /** A slot, or null when none is free. Whoever takes one gives it back. */
  take(): SlotKind | null {
    const kind: SlotKind = this.#taken.any < this.#room.any ? 'any' : 'short';
    if (kind === 'short' && (this.#long < this.#room.any || this.#taken.short >= this.#room.short)) return null;
    this.#taken[kind]++;
    return kind;
  }

  /** Tells that a long task is in the slot taken last. */
  holdLong(): void {
    this.#long++;
    this.#wake();
  }

  give(kind: SlotKind, long = false): void {
    this.#taken[kind]--;
    if (long) this.#long--;
    this.#wake();
  }

  /** Resolves when a slot may have become free. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
