/** Of the attempts at a task, so many of the first and of the last are kept. */
const FIRST = 20;
const LAST = 80;

/**
 * Attempts that are forgotten once attempt `latest` has begun: those after `after`, up to `upTo`; null for none.
 * A task that is tried over and over must not fill the store.
 */
export function forgotten(latest: number): { readonly after: number; readonly upTo: number } | null {
  const upTo = latest - LAST;
  return upTo <= FIRST ? null : { after: FIRST, upTo };
}
