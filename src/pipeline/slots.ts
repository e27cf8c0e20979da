import type { TaskType } from '../domain/task.js';

/**
 * A task of more audio than this is long: it may keep a slot for minutes. About ten windows, which a lane does in seconds to
 * a minute.
 */
export const LONG_TASK_SECONDS = 300;

/** A task of no more audio than this is brief: several of them fit into one window of the engine. */
export const BRIEF_TASK_SECONDS = 15;

/** A text of no more than this is brief, seconds that it would take to say: some sentences, a call of the engine takes several such texts. */
export const BRIEF_TEXT_SECONDS = 60;

/** What a slot may be given to. */
export type SlotKind = 'any' | 'short' | 'brief' | 'text';

/** Tasks that a slot is given to: the longest, seconds of audio, and of which type. */
export const TASKS_FOR: Readonly<Record<SlotKind, { readonly maxCost?: number; readonly type?: TaskType }>> = {
  any: {},
  short: { maxCost: LONG_TASK_SECONDS },
  brief: { maxCost: BRIEF_TASK_SECONDS },
  text: { maxCost: BRIEF_TEXT_SECONDS, type: 'text' },
};

const NONE: ReadonlySet<SlotKind> = new Set();
/** In the order in which they are given. */
const ALL: readonly SlotKind[] = ['any', 'short', 'brief', 'text'];

export interface SlotRoom {
  /** Tasks at once. */
  readonly any: number;
  /** How many more while all of those are long. Defaults to 0. */
  readonly short?: number;
  /** How many more that are brief. Defaults to 0. */
  readonly brief?: number;
  /** How many more that are brief texts. Defaults to 0. */
  readonly text?: number;
}

/**
 * Room for tasks in work. When long tasks hold all of it, some more room is there for short ones alone, which the lanes then
 * serve in turn with the long ones; so a clip never waits for the end of a long recording. Brief tasks have further room at any
 * time: they wait for each other in front of the engine, which serves many of them at the cost of one. So have brief texts, of
 * which one call takes more, and which hold neither a file nor samples.
 */
export class Slots {
  readonly #room: Readonly<Record<SlotKind, number>>;
  readonly #taken: Record<SlotKind, number> = { any: 0, short: 0, brief: 0, text: 0 };
  #long = 0;
  #waiting: Array<() => void> = [];

  constructor({ any, short = 0, brief = 0, text = 0 }: SlotRoom) {
    this.#room = { any, short, brief, text };
  }

  get taken(): number {
    return Object.values(this.#taken).reduce((sum, taken) => sum + taken, 0);
  }

  /**
   * A slot, or null when none is free. Whoever takes one gives it back.
   * @param useless kinds of which no task is there
   */
  take(useless: ReadonlySet<SlotKind> = NONE): SlotKind | null {
    const kind = this.#kind(useless);
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

  #kind(useless: ReadonlySet<SlotKind>): SlotKind | null {
    const kinds: readonly SlotKind[] = this.#long >= this.#room.any ? ALL : ALL.filter((kind) => kind !== 'short');
    return kinds.find((kind) => this.#has(kind) && !useless.has(kind)) ?? null;
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
