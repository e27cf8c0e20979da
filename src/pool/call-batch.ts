import { VoiceLinguaError } from '../domain/errors.js';
import type { LaneCall } from './lane.js';
import type { LanePoolCall } from './lane-pool.js';

/** What a lane is asked for several calls. */
export interface JoinedCall {
  readonly params: Readonly<Record<string, unknown>>;
  /** What each call gets of the answer, in their order. */
  split(answer: unknown): readonly unknown[];
}

/** Calls with the same key may be served together by one call of a lane. */
export interface BatchRule {
  readonly key: string;
  /** How many rows, at most. */
  readonly most: number;
  /** Rows that this call brings. Defaults to 1. */
  readonly rows?: number;
  /** Those nearest in it go together, in whatever unit; without it they go in their turn. */
  readonly length?: number;
  readonly join: (calls: readonly LanePoolCall[]) => JoinedCall;
  /** How long an idle lane may wait for more of them, milliseconds. Defaults to 0. */
  readonly gatherMs?: number;
  /** When it waits: while more are expected, or always. Defaults to `expected`. */
  readonly gather?: 'expected' | 'always';
}

export function rowsOf({ batch }: LanePoolCall): number {
  return batch?.rows ?? 1;
}

export interface QueuedCall {
  readonly call: LanePoolCall;
  /** When it came, by the clock of `performance.now()`. */
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onAbort: () => void;
}

/**
 * Calls that one call of a lane serves. What goes wrong with several is nobody's for certain, so each of them is served again
 * alone; only what goes wrong with a single one is its own.
 */
export class CallBatch {
  readonly #waiting: Set<QueuedCall>;
  readonly #members: readonly QueuedCall[];
  readonly #joined: JoinedCall | null;
  readonly #cancel: () => void;
  readonly #unlisten: Array<() => void> = [];

  /** @param cancel has the engine stop: nobody waits for the answer any more */
  constructor(members: readonly QueuedCall[], cancel: () => void) {
    this.#members = members;
    this.#waiting = new Set(members);
    this.#cancel = cancel;
    const rule = this.#first.batch;
    this.#joined = rule === undefined ? null : rule.join(members.map(({ call }) => call));
    for (const member of members) this.#listen(member);
  }

  get #first(): LanePoolCall {
    return (this.#members[0] as QueuedCall).call;
  }

  get calls(): readonly LanePoolCall[] {
    return this.#members.map(({ call }) => call);
  }

  get shared(): boolean {
    return this.#members.length > 1;
  }

  /** What the lane is asked, but for its token. */
  get request(): LaneCall {
    const { method, group, label, facts, params, mark } = this.#first;
    const common = { method, mark, onProgress: (value: number) => this.#progress(value) };
    if (this.#joined === null) return { ...common, group, label, facts, params };
    const whose = this.shared ? {} : { group, label, facts };
    return { ...common, ...whose, params: this.#joined.params };
  }

  /** Has the engine stop. */
  cancel(): void {
    this.#cancel();
  }

  has(group: string): boolean {
    return [...this.#waiting].some(({ call }) => call.group === group);
  }

  /** Rejects the calls of a group and has the engine stop; others that were served with them are given back, to be served again. */
  kill(group: string, reason: unknown): QueuedCall[] {
    const rest: QueuedCall[] = [];
    for (const member of this.#waiting) {
      if (member.call.group === group) member.reject(reason);
      else rest.push(member);
    }
    this.#waiting.clear();
    this.end();
    this.#cancel();
    return rest;
  }

  /** Gives each call its answer. */
  settle(answer: unknown): void {
    const answers = this.#joined === null ? [answer] : this.#joined.split(answer);
    for (const [index, member] of this.#members.entries()) {
      if (!this.#waiting.has(member)) continue;
      if (member.call.signal?.aborted) member.reject(member.call.signal.reason);
      else member.resolve(answers[index]);
    }
  }

  /** The lane failed. Returns the calls that are to be served again alone. */
  fail(error: unknown): QueuedCall[] {
    const again: QueuedCall[] = [];
    for (const member of this.#waiting) {
      if (member.call.signal?.aborted) member.reject(member.call.signal.reason);
      // That it was too much is true of each: the caller asks for less.
      else if (this.shared && !isShortOfMemory(error)) again.push(member);
      else member.reject(error);
    }
    return again;
  }

  end(): void {
    for (const unlisten of this.#unlisten.splice(0)) unlisten();
  }

  #listen(member: QueuedCall): void {
    const { signal } = member.call;
    if (signal === undefined) return;
    const leave = (): void => {
      // One of several leaves at once; the engine stops when all have left.
      if (this.shared && this.#waiting.delete(member)) member.reject(signal.reason);
      if (!this.shared || this.#waiting.size === 0) this.#cancel();
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#unlisten.push(() => signal.removeEventListener('abort', leave));
  }

  #progress(value: number): void {
    for (const { call } of this.#waiting) call.onProgress?.(value);
  }
}

function isShortOfMemory(error: unknown): boolean {
  return error instanceof VoiceLinguaError && error.code === 'OUT_OF_MEMORY';
}
