import { VoiceLinguaError } from '../domain/errors.js';
import type { PoolCall } from './pool.js';

/** What a dying host's native code wrote about its end. */
export interface CrashReport {
  readonly signal: number;
  /** Call of the thread that crashed; 0 for a thread without one. */
  readonly call: number;
  /** Calls that were running then; others waited. */
  readonly active: readonly number[];
}

/** How an engine host ended. */
export interface HostDeath {
  readonly signal: NodeJS.Signals | null;
  readonly exitCode: number | null;
  /** The last that it wrote. */
  readonly stderr: string;
  readonly report: CrashReport | null;
  /** The group for whose sake it was killed. */
  readonly killedFor: string | null;
}

/** The part of a call that blame is found by. */
export type Suspect = Pick<PoolCall, 'method' | 'group' | 'label' | 'facts'>;

type Culprit = 'this' | 'other' | 'unknown';

/**
 * Who brought a host down: tells for each call that was in flight the error that it rejects with. All calls of the group
 * that did it are told so, whichever of them did, since a task is as dangerous as its worst call.
 */
export class Blame {
  readonly #death: HostDeath;
  readonly #culprit: Suspect | null;
  /** Groups one of which did it. */
  readonly #among: ReadonlySet<string>;

  /**
   * @param calls those in flight, by their numbers
   * @param shared the numbers of calls that were served together, by the mark they have as one
   */
  constructor(
    death: HostDeath,
    calls: ReadonlyMap<number, Suspect>,
    shared: ReadonlyMap<number, readonly number[]> = new Map(),
  ) {
    this.#death = death;
    const guilty = guiltyCall(death.report);
    this.#culprit = calls.get(guilty) ?? null;
    const together = (shared.get(guilty) ?? []).map((number) => calls.get(number)).filter((call) => call !== undefined);
    const suspects = together.length > 0 ? together : [...calls.values()];
    this.#among = new Set(suspects.map(groupOf));
  }

  /** Groups one of which did it; none when it is known, or nobody did. */
  get suspects(): readonly string[] {
    const known = this.#death.killedFor !== null || this.#culprit !== null || this.#among.size < 2;
    return known ? [] : [...this.#among].filter((group) => group !== '');
  }

  errorFor(call: Suspect): VoiceLinguaError {
    const { signal, exitCode, stderr, killedFor } = this.#death;
    const culprit = this.#judge(call);
    const guilty = culprit === 'this' ? (this.#culprit ?? call) : null;
    return new VoiceLinguaError('ENGINE_CRASHED', this.#message(culprit, guilty), {
      details: {
        culprit,
        signal,
        exitCode,
        stderr,
        ...(killedFor === null ? {} : { deliberate: true }),
        ...(guilty === null ? {} : { method: guilty.method, ...guilty.facts }),
        ...(guilty?.label === undefined ? {} : { label: guilty.label }),
      },
    });
  }

  #judge(call: Suspect): Culprit {
    const group = groupOf(call);
    const { killedFor } = this.#death;
    if (killedFor !== null) return group === killedFor ? 'this' : 'other';
    if (this.#culprit !== null) return groupOf(this.#culprit) === group ? 'this' : 'other';
    if (!this.#among.has(group)) return this.#among.size === 0 ? 'unknown' : 'other';
    return this.#among.size === 1 ? 'this' : 'unknown';
  }

  #message(culprit: Culprit, guilty: Suspect | null): string {
    const { signal, exitCode, killedFor } = this.#death;
    if (killedFor !== null) return 'The engine host was ended because of another task that hung.';
    const end = signal === null ? `ended with exit code ${exitCode}` : `died of ${signal}`;
    if (culprit === 'other') return `The engine host ${end} in the work of another task.`;
    if (guilty === null) return `The engine host ${end}; in which task's work is not known.`;
    return `The engine host ${end} in ${guilty.method}${guilty.label === undefined ? '' : ` for "${guilty.label}"`}.`;
  }
}

function groupOf({ group = '' }: Suspect): string {
  return group;
}

/** A thread that an engine started for a call has no mark of its own; when one call alone was running, it was that one's. */
function guiltyCall(report: CrashReport | null): number {
  if (report === null) return 0;
  if (report.call !== 0) return report.call;
  return report.active.length === 1 ? (report.active[0] as number) : 0;
}

/** The last whole report of what came through the pipe; null when there is none. */
export function parseCrashReport(text: string): CrashReport | null {
  for (const line of text.split('\n').reverse()) {
    try {
      const { signal, call, active } = JSON.parse(line) as CrashReport;
      if (typeof signal === 'number' && typeof call === 'number' && Array.isArray(active)) {
        return { signal, call, active };
      }
    } catch {
      // Cut off, or the empty end.
    }
  }
  return null;
}
