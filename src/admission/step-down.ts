import { VoiceLinguaError } from '../domain/errors.js';

/** How a call is to be made. */
export interface CallPlan {
  /** Most rows in one go; 1 for calls that take one thing each. */
  readonly batch: number;
  /** CTranslate2's compute type; `default` is as stored. */
  readonly computeType: string;
  readonly device: 'cpu' | 'cuda';
}

export interface StepDownSettings {
  /** How long what fitted is kept before something better is tried again, milliseconds. Defaults to 10 minutes. */
  readonly retryAfterMs?: number;
  /** Told of each step, down or up; for logs. */
  readonly onStep?: (step: StepChange) => void;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

export interface StepChange {
  readonly key: string;
  readonly from: CallPlan;
  readonly to: CallPlan;
  /** What did not fit; null for a step up. */
  readonly error: VoiceLinguaError | null;
}

const RETRY_AFTER_MS = 600_000;

/**
 * Every way to make a call, the best first: the batch halved down to one row; then the same with 8-bit weights; then the same on
 * the CPU.
 * @param quantizable whether the engine can load the weights in a smaller type than they are stored in: CTranslate2 can, unless they
 *   are 8-bit already; ggml cannot
 */
export function planSteps(best: CallPlan, quantizable: boolean): CallPlan[] {
  const quantized = best.computeType.startsWith('int8');
  const types: Array<Omit<CallPlan, 'batch'>> = [{ device: best.device, computeType: best.computeType }];
  if (quantizable && !quantized) {
    types.push({ device: best.device, computeType: best.device === 'cuda' ? 'int8_float16' : 'int8' });
  }
  if (best.device === 'cuda') {
    types.push({ device: 'cpu', computeType: quantizable || quantized ? 'int8' : best.computeType });
  }
  const batches: number[] = [];
  for (let batch = best.batch; batch >= 1; batch = Math.floor(batch / 2)) batches.push(batch);
  return types.flatMap((type) => batches.map((batch) => ({ batch, ...type })));
}

interface Fitted {
  step: number;
  /** From when on a better step may be tried. */
  retryAt: number;
  /** A call is trying one. */
  trying: boolean;
}

/**
 * Makes calls in the best way that memory allows: a call that runs out of memory is made again a step lower, and what fitted is
 * remembered for later calls of the key. After a while one call tries the next better step; while that goes well, so do the next ones.
 */
export class StepDown {
  /** Keys for which something else than the best fitted. */
  readonly #fitted = new Map<string, Fitted>();
  readonly #retryAfterMs: number;
  readonly #onStep: NonNullable<StepDownSettings['onStep']>;
  readonly #now: () => number;

  constructor({ retryAfterMs, onStep, now }: StepDownSettings = {}) {
    this.#retryAfterMs = retryAfterMs ?? RETRY_AFTER_MS;
    this.#onStep = onStep ?? (() => undefined);
    this.#now = now ?? (() => performance.now());
  }

  /**
   * @param key what shares memory and weights: the model's path and the device wanted, for example
   * @param steps from {@link planSteps}; the same for all calls of a key
   * @param call made once for each step tried; what it works on must survive a failure (a transferred buffer does not)
   * @throws what the last step threw, or at once anything else than `OUT_OF_MEMORY`
   */
  async run<T>(key: string, steps: readonly CallPlan[], call: (plan: CallPlan) => Promise<T>): Promise<T> {
    const fitted = this.#fitted.get(key);
    if (fitted !== undefined && !fitted.trying && this.#now() >= fitted.retryAt) {
      const better = await this.#tryBetter(key, fitted, steps, call);
      if (better !== null) return better.result;
    }
    let shortage: VoiceLinguaError | null = null;
    for (let step = this.#fitted.get(key)?.step ?? 0; ; step++) {
      try {
        const result = await call(steps[step] as CallPlan);
        if (shortage !== null) this.#remember(key, steps, step, shortage);
        return result;
      } catch (error) {
        shortage = shortageOf(error);
        if (step >= steps.length - 1) throw error;
      }
    }
  }

  async #tryBetter<T>(
    key: string,
    fitted: Fitted,
    steps: readonly CallPlan[],
    call: (plan: CallPlan) => Promise<T>,
  ): Promise<{ readonly result: T } | null> {
    fitted.trying = true;
    const from = fitted.step;
    try {
      const result = await call(steps[from - 1] as CallPlan);
      // Another call may have had to go lower meanwhile: that is the later news.
      if (fitted.step === from) this.#climb(key, fitted, steps);
      return { result };
    } catch (error) {
      shortageOf(error);
      fitted.retryAt = this.#now() + this.#retryAfterMs;
      return null;
    } finally {
      fitted.trying = false;
    }
  }

  #climb(key: string, fitted: Fitted, steps: readonly CallPlan[]): void {
    fitted.step--;
    fitted.retryAt = this.#now();
    if (fitted.step === 0) this.#fitted.delete(key);
    this.#tell(key, steps, fitted.step + 1, fitted.step, null);
  }

  #remember(key: string, steps: readonly CallPlan[], step: number, shortage: VoiceLinguaError): void {
    const fitted = this.#fitted.get(key) ?? { step: 0, retryAt: 0, trying: false };
    const from = fitted.step;
    if (step <= from) return;
    fitted.step = step;
    fitted.retryAt = this.#now() + this.#retryAfterMs;
    this.#fitted.set(key, fitted);
    this.#tell(key, steps, from, step, shortage);
  }

  #tell(key: string, steps: readonly CallPlan[], from: number, to: number, error: VoiceLinguaError | null): void {
    this.#onStep({ key, from: steps[from] as CallPlan, to: steps[to] as CallPlan, error });
  }
}

/** The error when it says that memory was short; anything else is thrown on. */
function shortageOf(error: unknown): VoiceLinguaError {
  if (error instanceof VoiceLinguaError && error.code === 'OUT_OF_MEMORY') return error;
  throw error;
}
