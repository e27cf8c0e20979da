/**
 * A task of more audio than this is long: it may keep a slot for minutes. About ten windows, which a lane does in seconds to
 * a minute.
 */
export const LONG_TASK_SECONDS = 300;

/** A task of no more audio than this is brief: several of them fit into one window of the engine. */
export const BRIEF_TASK_SECONDS = 15;

/** What a slot may be given to. */
export type SlotKind = 'any' | 'short' | 'brief';

/** Longest task that a slot is given to, seconds of audio; undefined for no limit. */
export const LONGEST_TASK: Readonly<Record<SlotKind, number | undefined>> = {
  any: undefined,
  short: LONG_TASK_SECONDS,
  brief: BRIEF_TASK_SECONDS,
};

export interface SlotRoom {
  /** Tasks at once. */
  readonly any: number;
  /** How many more while all of those are long. Defaults to 0. */
  readonly short?: number;
  /** How many more that are brief. Defaults to 0. */
  readonly brief?: number;
}

/**
 * Room for tasks in work. When long tasks hold all of it, some more room is there for short ones alone, which the lanes then
 * serve in turn with the long ones; so a clip never waits for the end of a long recording. Brief tasks have further room at any
 * time: they wait for each other in front of the engine, which serves many of them at the cost of one.
 */
export class Slots {
  readonly #room: Readonly<Record<SlotKind, number>>;
  readonly #taken: Record<SlotKind, number> = { any: 0, short: 0, brief: 0 };
  #long = 0;
  #waiting: Array<() => void> = [];

  constructor({ any, short = 0, brief = 0 }: SlotRoom) {
    this.#room = { any, short, brief };
  }

  get taken(): number {
    return this.#taken.any + this.#taken.short + this.#taken.brief;
  }

  /** A slot, or null when none is free. Whoever takes one gives it back. */
  take(): SlotKind | null {
    const kind = this.#kind();
    if (kind !== null) this.#taken[kind]++;
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

  #kind(): SlotKind | null {
    if (this.#has('any')) return 'any';
    if (this.#long >= this.#room.any && this.#has('short')) return 'short';
    return this.#has('brief') ? 'brief' : null;
  }

  #has(kind: SlotKind): boolean {
    return this.#taken[kind] < this.#room[kind];
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
