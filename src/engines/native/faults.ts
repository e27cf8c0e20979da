import { closeSync, openSync } from 'node:fs';
import { VoiceLinguaError } from '../../domain/errors.js';
import type { NativeBinding } from '../../native/binding.js';
import type { LaneRequest } from '../../pool/protocol.js';

/** Something that a test has go wrong in a lane, before a call does its work. */
export interface Fault {
  /** Method of the lane: `recognize`, `translate`, `nextWindow` … */
  readonly method: string;
  /** Only calls with this in their group, their label or what they are given (texts, paths, languages). */
  readonly match?: string;
  /**
   * `abort`, `segv`, `bus`, `fpe`, `ill`: dies of that signal in native code; `terminate`: of an
   * exception that nobody catches; `overflow`: of an endless stack. `kill`: SIGKILL, as from outside. `exit`: the
   * process ends with `code` (3). `hang`: blocks in native code for `ms` (a day), deaf to its token. `leak`: `bytes` (64 MiB) stay
   * taken. `throw`: fails with `ENGINE_FAILED`; `oom`: with `OUT_OF_MEMORY`.
   */
  readonly action: string;
  /** Strikes so often, over all processes that share `counter`; without it always. */
  readonly times?: number;
  /** Start of the names of files that count the strikes, one each; needed with `times`. */
  readonly counter?: string;
  /** Strikes only from the call after so many that fit, counted by each lane. */
  readonly after?: number;
  readonly ms?: number;
  readonly bytes?: number;
  readonly code?: number;
}

const DAY_MS = 86_400_000;
const LEAK_BYTES = 64 * 2 ** 20;

/** The faults that `VOICELINGUA_TEST_FAULTS` (a JSON list) asks for; null without it, as everywhere but in tests. */
export function faultsOf(env: NodeJS.ProcessEnv, native: NativeBinding): Faults | null {
  const text = env.VOICELINGUA_TEST_FAULTS;
  return text === undefined || text === '' ? null : new Faults(JSON.parse(text) as Fault[], native);
}

class Faults {
  readonly #native: NativeBinding;
  readonly #faults: Array<{ readonly fault: Fault; seen: number }>;

  constructor(faults: readonly Fault[], native: NativeBinding) {
    this.#native = native;
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }));
    for (const { times, counter } of faults) {
      if (times !== undefined && counter === undefined) {
        throw new VoiceLinguaError('INVALID_ARGUMENT', 'A fault with "times" needs a "counter".');
      }
    }
  }

  strike(request: LaneRequest): void {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.method !== request.method || !fits(fault, request)) continue;
      if (entry.seen++ < (fault.after ?? 0)) continue;
      if (fault.times !== undefined && !strikesAgain(fault.counter as string, fault.times)) continue;
      this.#do(fault);
    }
  }

  #do({ action, ms, bytes, code }: Fault): void {
    switch (action) {
      case 'throw':
        throw new VoiceLinguaError('ENGINE_FAILED', 'A fault that a test asked for.');
      case 'oom':
        throw new VoiceLinguaError('OUT_OF_MEMORY', 'A lack of memory that a test asked for.');
      case 'kill':
        process.kill(process.pid, 'SIGKILL');
        return;
      default:
        this.#native.fault?.(action, amountOf(action, { ms, bytes, code }));
    }
  }
}

function amountOf(action: string, { ms, bytes, code }: Partial<Record<'ms' | 'bytes' | 'code', number | undefined>>) {
  if (action === 'hang') return ms ?? DAY_MS;
  if (action === 'leak') return bytes ?? LEAK_BYTES;
  return action === 'exit' ? (code ?? 3) : 0;
}

function fits({ match }: Fault, { group, label, params }: LaneRequest): boolean {
  if (match === undefined) return true;
  const given = JSON.stringify(params, (_key, value) => (ArrayBuffer.isView(value) ? undefined : value));
  return [group ?? '', label ?? '', given].some((text) => text.includes(match));
}

/** One file for each strike: creating it is atomic, whichever processes try. */
function strikesAgain(counter: string, times: number): boolean {
  for (let strike = 0; strike < times; strike++) {
    try {
      closeSync(openSync(`${counter}.${strike}`, 'wx'));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return false;
}
