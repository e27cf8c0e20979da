import type { VoiceLinguaError } from '../domain/errors.js';

/** One call of an engine's method. */
export interface PoolCall {
  readonly method: string;
  /** What crosses to a thread or process: structured-cloneable. Gets a `token` added: the number of the call's cancel token. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal | undefined;
  /** Calls of one group take turns with other groups, live and die with it; usually the id of the task. */
  readonly group?: string | undefined;
  /** Higher first. */
  readonly priority?: number | undefined;
  /** 0 is no limit. */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Whose work it is, for people: the text id. */
  readonly label?: string | undefined;
  /** What it works on (file, window …): goes into the details of a crash. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
  /** Is served by itself, never together with calls of other groups: it may be the one that brings an engine down. */
  readonly alone?: boolean | undefined;
  /** It only frees something where its group is at work: resolves at once when that place is gone. */
  readonly tidying?: boolean | undefined;
}

/** How a pool's process does. Bytes. */
export interface HostStatus {
  /** Paths of the models whose weights are loaded. */
  readonly models: readonly string[];
  readonly rss: number;
  /** How much of it came since what is loaded last changed. */
  readonly growth: number;
}

/**
 * Where the engines run. Behind it are threads of this process, or a child process with such threads.
 *
 * An `ENGINE_CRASHED` of a pool has in its `details`: `culprit`, which is `this` when the group's own work did it, `other`,
 * or `unknown`; `signal` and `exitCode` of the process, or null; `stderr`, the last lines it wrote; for the culprit also
 * `method`, `label` and the facts of the call; `deliberate: true` when the process was killed for another group's sake.
 */
export interface Pool {
  /**
   * Resolves with the method's answer. A queued call that is aborted leaves at once; a running one is cancelled and
   * rejects, when the engine has let go, with `signal.reason`.
   */
  run<T>(call: PoolCall): Promise<T>;
  /**
   * Ends the calls of a group at once, whatever the engine does: they reject with `reason`. In a child process everything
   * else that is in flight there rejects with `ENGINE_CRASHED` (`deliberate`, culprit `other`). On threads of this process
   * nothing can be killed: a lane that does not come back is left behind and another takes its place.
   */
  kill(group: string, reason: VoiceLinguaError): void;
  /** The group's work is over: its open recordings and windows are freed. */
  release(group: string): void;
  /** Paths of the models whose weights are loaded. */
  loadedModels(): readonly string[];
  /** Pending calls reject with `CLOSED`. Idempotent. */
  close(): Promise<void>;
}
