/** One priority more is worth so much waiting, milliseconds. */
const PRIORITY_MS = 600_000;
/** Priorities beyond count as this one, so that a rank stays a whole number. */
const HIGHEST_PRIORITY = 1_000_000_000;
/** So many tasks at the front of the queue are looked at for one whose models are loaded. */
export const FRONT = 32;
/** The best task goes first once it has waited so long, milliseconds, whatever it needs. */
const PATIENCE_MS = 60_000;

/**
 * Place in the order of claims: the lowest goes first, equals in the order of submission. It never changes, so that the order is
 * a plain index, and whoever waits is overtaken only by what is submitted within ten minutes for each priority of difference.
 * @param createdAt milliseconds of the wall clock
 */
export function rankOf(createdAt: number, priority: number): number {
  return createdAt - PRIORITY_MS * Math.max(-HIGHEST_PRIORITY, Math.min(HIGHEST_PRIORITY, priority));
}

/** {@link rankOf} as SQL over the columns `created_at` and `priority`; the schema holds it, so it must never change. */
export const RANK_SQL = `created_at - ${PRIORITY_MS} * max(-${HIGHEST_PRIORITY}, min(${HIGHEST_PRIORITY}, priority))`;

/** A task that may be claimed, as far as the choice among the first of the queue needs it. */
export interface Candidate {
  readonly priority: number;
  /** Milliseconds of the wall clock. */
  readonly createdAt: number;
  /** Models that it names. */
  readonly models: ReadonlyArray<string | null | undefined>;
}

/** Whether the best task goes first without a look at the others: its models are loaded, or it has waited long enough. */
export function goesFirst(best: Candidate, loaded: readonly string[], now: number): boolean {
  return needsNoOther(best, loaded) || now - best.createdAt >= PATIENCE_MS;
}

/** Of the first of the queue (at most {@link FRONT}, in order), the one to take when the best does not simply go first. */
export function preferred<C extends Candidate>(front: readonly C[], loaded: readonly string[]): C | undefined {
  const [best] = front;
  return front.find((one) => one.priority === best?.priority && needsNoOther(one, loaded)) ?? best;
}

function needsNoOther({ models }: Candidate, loaded: readonly string[]): boolean {
  return models.every((model) => model === null || model === undefined || loaded.includes(model));
}
