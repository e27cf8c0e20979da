import { type ErrorCode, toVoiceLinguaError } from '../domain/errors.js';

export interface CircuitBreakerSettings {
  /** Failures in a row after which no further call is let in. Defaults to 5. */
  readonly failures?: number;
  /** How long it stays so the first time, milliseconds; doubled each time that the probe fails. Defaults to 10,000. */
  readonly openMs?: number;
  /** Longest time, milliseconds. Defaults to 120,000. */
  readonly maxOpenMs?: number;
  /** Told of each change; for logs. */
  readonly onChange?: (key: string, state: CircuitState, openMs: number) => void;
  readonly clock?: CircuitClock;
}

/** `open`: calls wait; `probing`: one is let through and decides for the others. */
export type CircuitState = 'closed' | 'open' | 'probing';

export interface CircuitClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls back once; the answer takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/** A call that was let in; it says once how it went. */
export interface Passage {
  success(): void;
  failure(): void;
  /** Nothing was learnt about what stands behind the breaker: bad input, a cancel. */
  neutral(): void;
}

interface Waiting {
  readonly admit: (passage: Passage) => void;
}

interface Circuit {
  state: CircuitState;
  /** In a row, while closed. */
  failures: number;
  openMs: number;
  openUntil: number;
  /** Counts the changes: a call that was let in before the last one has no say any more. */
  generation: number;
  readonly waiting: Waiting[];
  stopTimer: (() => void) | null;
}

const DEFAULTS = { failures: 5, openMs: 10_000, maxOpenMs: 120_000 };

const SYSTEM_CLOCK: CircuitClock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Keeps work from what fails every time: after some failures in a row new calls of that key wait, in order; when the time is over
 * one of them is let through as a probe. Its success lets all in, its failure doubles the time.
 *
 * A timer runs only while somebody waits, and holds the process as long: that call may be all the work there is.
 */
export class CircuitBreaker {
  readonly #settings: Required<Pick<CircuitBreakerSettings, 'failures' | 'openMs' | 'maxOpenMs'>>;
  readonly #onChange: NonNullable<CircuitBreakerSettings['onChange']>;
  readonly #clock: CircuitClock;
  readonly #circuits = new Map<string, Circuit>();

  constructor({ failures, openMs, maxOpenMs, onChange, clock }: CircuitBreakerSettings = {}) {
    this.#settings = {
      failures: failures ?? DEFAULTS.failures,
      openMs: openMs ?? DEFAULTS.openMs,
      maxOpenMs: maxOpenMs ?? DEFAULTS.maxOpenMs,
    };
    this.#onChange = onChange ?? (() => undefined);
    this.#clock = clock ?? SYSTEM_CLOCK;
  }

  state(key: string): CircuitState {
    return this.#circuits.get(key)?.state ?? 'closed';
  }

  /** Resolves when the call may be made, rejects with `signal.reason`. Who was let in must say how it went. */
  enter(key: string, signal?: AbortSignal): Promise<Passage> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const circuit = this.#circuit(key);
    if (circuit.state === 'closed') return Promise.resolve(this.#passage(key, circuit));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        admit: (passage) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(passage);
        },
      };
      const onAbort = (): void => {
        circuit.waiting.splice(circuit.waiting.indexOf(waiting), 1);
        this.#advance(key, circuit);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      circuit.waiting.push(waiting);
      this.#advance(key, circuit);
    });
  }

  #circuit(key: string): Circuit {
    let circuit = this.#circuits.get(key);
    if (circuit === undefined) {
      const { openMs } = this.#settings;
      circuit = { state: 'closed', failures: 0, openMs, openUntil: 0, generation: 0, waiting: [], stopTimer: null };
      this.#circuits.set(key, circuit);
    }
    return circuit;
  }

  #passage(key: string, circuit: Circuit): Passage {
    const { generation } = circuit;
    const told = (act: () => void) => (): void => {
      if (circuit.generation === generation) act();
    };
    if (circuit.state === 'closed') {
      return {
        success: told(() => {
          circuit.failures = 0;
        }),
        failure: told(() => {
          circuit.failures++;
          if (circuit.failures >= this.#settings.failures) this.#open(key, circuit, circuit.openMs);
        }),
        neutral: () => undefined,
      };
    }
    return {
      success: told(() => this.#close(key, circuit)),
      failure: told(() => this.#open(key, circuit, Math.min(circuit.openMs * 2, this.#settings.maxOpenMs))),
      neutral: told(() => this.#openForNextProbe(key, circuit)),
    };
  }

  #change(key: string, circuit: Circuit, state: CircuitState): void {
    circuit.state = state;
    circuit.generation++;
    this.#onChange(key, state, circuit.openMs);
  }

  #open(key: string, circuit: Circuit, openMs: number): void {
    circuit.openMs = openMs;
    circuit.openUntil = this.#clock.now() + openMs;
    this.#change(key, circuit, 'open');
    this.#advance(key, circuit);
  }

  /** The time was over already. */
  #openForNextProbe(key: string, circuit: Circuit): void {
    this.#change(key, circuit, 'open');
    this.#advance(key, circuit);
  }

  #close(key: string, circuit: Circuit): void {
    circuit.failures = 0;
    circuit.openMs = this.#settings.openMs;
    this.#change(key, circuit, 'closed');
    this.#advance(key, circuit);
  }

  /** Lets in whom the state lets in, or sets the timer for when it will. */
  #advance(key: string, circuit: Circuit): void {
    circuit.stopTimer?.();
    circuit.stopTimer = null;
    if (circuit.state === 'closed') {
      for (const { admit } of circuit.waiting.splice(0)) admit(this.#passage(key, circuit));
      return;
    }
    if (circuit.state === 'probing' || circuit.waiting.length === 0) return;
    const rest = circuit.openUntil - this.#clock.now();
    if (rest > 0) {
      circuit.stopTimer = this.#clock.after(rest, () => this.#advance(key, circuit));
      return;
    }
    const first = circuit.waiting.shift() as Waiting;
    this.#change(key, circuit, 'probing');
    first.admit(this.#passage(key, circuit));
  }
}

/** Failures that tell something about the engine; input errors, cancels and limits do not. */
const ENGINE_CODES: ReadonlySet<ErrorCode> = new Set([
  'ENGINE_FAILED',
  'ENGINE_CRASHED',
  'OUT_OF_MEMORY',
  'NATIVE_LOAD_FAILED',
]);

/**
 * Whether a failure speaks against the engine. A host that was killed on purpose (`details.deliberate`), or died of another
 * task (`details.culprit` is `other`), says nothing about this one.
 */
export function isEngineFailure(thrown: unknown): boolean {
  const { code, details } = toVoiceLinguaError(thrown);
  return ENGINE_CODES.has(code) && details.deliberate !== true && details.culprit !== 'other';
}

/**
 * Puts a breaker before calls like a pool's `run`.
 * @param keyOf engine and model that a call needs, for example; null for a call that no breaker is for
 */
export function withBreaker<Call extends { readonly signal?: AbortSignal | undefined }>(
  run: <T>(call: Call) => Promise<T>,
  breaker: CircuitBreaker,
  keyOf: (call: Call) => string | null,
): <T>(call: Call) => Promise<T> {
  return async <T>(call: Call): Promise<T> => {
    const key = keyOf(call);
    if (key === null) return run<T>(call);
    const passage = await breaker.enter(key, call.signal);
    try {
      const result = await run<T>(call);
      passage.success();
      return result;
    } catch (error) {
      // A cancelled call may reject with anything.
      if (call.signal?.aborted || !isEngineFailure(error)) passage.neutral();
      else passage.failure();
      throw error;
    }
  };
}
