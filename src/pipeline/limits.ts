import { VoiceLinguaError } from '../domain/errors.js';
import type { Timing } from './timing.js';

export interface LimitOptions {
  /** Milliseconds after which a task is stopped. */
  readonly softMs: number;
  /** Milliseconds after which it is killed. */
  readonly hardMs: number;
}

/** Seed 000: 25 and 30 minutes. */
export const DEFAULT_LIMITS: LimitOptions = { softMs: 25 * 60_000, hardMs: 30 * 60_000 };

/** The limits hold for a recording of this length; one of twice the length has twice the time. */
const LIMITS_ARE_FOR_SECONDS = 300;

/** @param audioSeconds length of the recording, 0 while unknown */
export function scaledLimits({ softMs, hardMs }: LimitOptions, audioSeconds: number): LimitOptions {
  const scale = Math.max(1, audioSeconds / LIMITS_ARE_FOR_SECONDS);
  return { softMs: softMs * scale, hardMs: hardMs * scale };
}

/** Watches over the time that one attempt at a task takes. */
export class TaskLimits {
  readonly #options: LimitOptions;
  readonly #timing: Timing;
  readonly #started: number;
  readonly #onSoft: (error: VoiceLinguaError) => void;
  readonly #onHard: (error: VoiceLinguaError) => void;
  #stops: Array<() => void> = [];
  #seconds = 0;

  constructor(
    options: LimitOptions,
    timing: Timing,
    onSoft: (error: VoiceLinguaError) => void,
    onHard: (error: VoiceLinguaError) => void,
  ) {
    this.#options = options;
    this.#timing = timing;
    this.#onSoft = onSoft;
    this.#onHard = onHard;
    this.#started = timing.now();
    this.#arm();
  }

  /** The length of the recording is known now. */
  scaleTo(audioSeconds: number): void {
    if (audioSeconds <= this.#seconds) return;
    this.#seconds = audioSeconds;
    this.clear();
    this.#arm();
  }

  clear(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }

  #arm(): void {
    const { softMs, hardMs } = scaledLimits(this.#options, this.#seconds);
    const passed = this.#timing.now() - this.#started;
    const at = (limit: number, action: () => void): void => {
      this.#stops.push(this.#timing.after(Math.max(0, limit - passed), action));
    };
    if (softMs < hardMs) at(softMs, () => this.#onSoft(exceeded('soft', softMs)));
    at(hardMs, () => this.#onHard(exceeded('hard', hardMs)));
  }
}

function exceeded(kind: 'soft' | 'hard', limitMs: number): VoiceLinguaError {
  const limit = limitMs < 120_000 ? `${limitMs / 1000} s` : `${Math.round(limitMs / 60_000)} min`;
  return new VoiceLinguaError(
    'DEADLINE_EXCEEDED',
    `The task took longer than its ${kind} limit of ${limit}. Finished windows are kept: retry it with a higher limit ` +
      '(--soft-limit, --hard-limit), or with a smaller model.',
    { details: { limit: kind, limitMs } },
  );
}
