import { VoiceLinguaError } from '../domain/errors.js';
import { humanBytes, type MemoryState, percent } from '../domain/memory.js';
import { combinedMemory, type ModelMemory, type TaskMemory } from './task-memory.js';

/** Shares of memory in use, 0..1, each at most the next. */
export interface MemoryThresholds {
  /** From here on a warning is logged. Defaults to 0.8. */
  readonly warn: number;
  /** From here on no further task is started while one runs. Defaults to 0.85. */
  readonly hold: number;
  /** From here on new work is refused, and no task is started that is expected to bring it so far. Defaults to 0.9. */
  readonly refuse: number;
}

/** As in seed 000. */
export const DEFAULT_THRESHOLDS: MemoryThresholds = { warn: 0.8, hold: 0.85, refuse: 0.9 };

/** How far below the warning memory must fall before the next one: a use that sways about the threshold is one warning. */
const HYSTERESIS = 0.05;

export type Decision =
  | { readonly kind: 'start' }
  /** Not now; `reason` is for the log. */
  | { readonly kind: 'hold'; readonly reason: string }
  /** Never on this machine: the task is to fail with this error. */
  | { readonly kind: 'refuse'; readonly error: VoiceLinguaError };

export interface Candidate {
  readonly memory: MemoryState;
  readonly thresholds: MemoryThresholds;
  /** Tasks of ours that are in work. */
  readonly running: number;
  /** Bytes that they were predicted to take and have not taken yet. */
  readonly reserved: number;
  /** Bytes that the new task adds to what is there and reserved. */
  readonly predicted: number;
  /** Bytes that it needs when it runs alone. */
  readonly alone: number;
  /** Its models, for messages. */
  readonly models: string;
}

/** Whether a task may start now. With nothing of ours in work one always may: waiting would free nothing. */
export function decide(candidate: Candidate): Decision {
  const { memory, thresholds, running, reserved, predicted, alone, models } = candidate;
  if (alone > memory.total) return { kind: 'refuse', error: neverFits(memory, alone, models) };
  if (running === 0) return { kind: 'start' };
  if (memory.used >= thresholds.hold) {
    return { kind: 'hold', reason: `${describe(memory)}; tasks wait from ${percent(thresholds.hold)} on` };
  }
  const expected = memory.total - memory.available + reserved + predicted;
  if (expected > thresholds.refuse * memory.total) {
    return {
      kind: 'hold',
      reason: `${describe(memory)}, ${humanBytes(reserved)} are spoken for, and ${models} would take ${humanBytes(predicted)} more: over ${percent(thresholds.refuse)}`,
    };
  }
  return { kind: 'start' };
}

/** The error with which new work is refused; null as long as it is taken. */
export function refuseNewWork(memory: MemoryState, thresholds = DEFAULT_THRESHOLDS): VoiceLinguaError | null {
  if (memory.used < thresholds.refuse) return null;
  return new VoiceLinguaError(
    'OVERLOADED',
    `${describe(memory)}; no new work is taken from ${percent(thresholds.refuse)} on. Submit it again when some of the running work has ended, or free memory.`,
    { details: { ...memory, refuse: thresholds.refuse } },
  );
}

/**
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` when they are not shares in ascending order
 */
export function checkThresholds(thresholds: MemoryThresholds): MemoryThresholds {
  const { warn, hold, refuse } = thresholds;
  if (warn > 0 && warn <= hold && hold <= refuse && refuse <= 1) return thresholds;
  throw new VoiceLinguaError(
    'INVALID_ARGUMENT',
    `memoryWarn, memoryHold and memoryRefuse must be shares of memory in ascending order, as 0.8, 0.85 and 0.9 are; got ${warn}, ${hold} and ${refuse}.`,
    { details: { ...thresholds } },
  );
}

export interface AdmissionOptions {
  readonly thresholds?: MemoryThresholds;
  readonly readMemory: () => MemoryState;
  /** Lanes of the engine host. */
  readonly lanes: number;
  /**
   * Bytes that the engines hold by now: resident memory of the host's process, 0 while there is none. Where they run in this process,
   * what it has grown by since it had none.
   */
  readonly resident: () => number;
  /** Keys of the models that are loaded; those no running task needs count as well. Defaults to none. */
  readonly loadedModels?: () => readonly string[];
  readonly warn: (message: string, memory: MemoryState) => void;
}

/** Which tasks may start, with what is in work known: each running task reserves what it was predicted to take and has not taken. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #thresholds: MemoryThresholds;
  readonly #running = new Map<string, TaskMemory>();
  /** The last known need of every model that was used, for those that stay loaded. */
  readonly #models = new Map<string, ModelMemory>();
  #warned = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#thresholds = checkThresholds(options.thresholds ?? DEFAULT_THRESHOLDS);
  }

  /** Whether a task with this need may start; tell {@link started} when it does. */
  decide(need: TaskMemory): Decision {
    const memory = this.#memory();
    const { lanes, resident } = this.#options;
    const held = [...this.#running.values(), ...this.#idleModels()];
    const before = combinedMemory(held, lanes);
    return decide({
      memory,
      thresholds: this.#thresholds,
      running: this.#running.size,
      reserved: this.#running.size === 0 ? 0 : Math.max(0, before - resident()),
      predicted: combinedMemory([...held, need], lanes) - before,
      alone: need.total,
      models: need.models.map(({ name }) => name).join(' and ') || 'it',
    });
  }

  started(taskId: string, need: TaskMemory): void {
    this.#running.set(taskId, need);
    for (const model of need.models) this.#models.set(model.key, model);
  }

  ended(taskId: string): void {
    this.#running.delete(taskId);
  }

  /** See {@link refuseNewWork}. */
  refuseNewWork(): VoiceLinguaError | null {
    return refuseNewWork(this.#memory(), this.#thresholds);
  }

  #idleModels(): TaskMemory[] {
    const needed = new Set([...this.#running.values()].flatMap(({ models }) => models.map(({ key }) => key)));
    const idle = (this.#options.loadedModels?.() ?? []).filter((key) => !needed.has(key));
    return idle.flatMap((key) => {
      const model = this.#models.get(key);
      return model === undefined ? [] : [{ base: 0, models: [model], task: 0, total: 0 }];
    });
  }

  #memory(): MemoryState {
    const memory = this.#options.readMemory();
    const { warn } = this.#thresholds;
    if (this.#warned) this.#warned = memory.used > warn - HYSTERESIS;
    else if (memory.used >= warn) {
      this.#warned = true;
      this.#options.warn(`${describe(memory)}; tasks wait from ${percent(this.#thresholds.hold)} on`, memory);
    }
    return memory;
  }
}

function describe({ used, available, total, limit }: MemoryState): string {
  return `${percent(used)} of the memory of this ${limit} are in use (${humanBytes(available)} of ${humanBytes(total)} left)`;
}

function neverFits(memory: MemoryState, alone: number, models: string): VoiceLinguaError {
  return new VoiceLinguaError(
    'OUT_OF_MEMORY',
    `A task with ${models} needs about ${humanBytes(alone)}, but this ${memory.limit} has ${humanBytes(memory.total)} in all. Use a smaller model or fewer jobs.`,
    { retryable: false, details: { models, needed: alone, total: memory.total, limit: memory.limit } },
  );
}
