/** Milliseconds of work before the event loop gets its turn. */
const TURN_MS = 4;
/** Items between two looks at the clock. */
const ITEMS_PER_LOOK = 32;

/**
 * Does the same to many items, and lets the event loop go on every few milliseconds.
 * @param signal rejects with its reason
 */
export async function inTurns<T>(
  items: Iterable<T>,
  work: (item: T, index: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  let index = 0;
  let end = performance.now() + TURN_MS;
  for (const item of items) {
    work(item, index);
    index += 1;
    if (index % ITEMS_PER_LOOK !== 0 || performance.now() < end) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    end = performance.now() + TURN_MS;
  }
}
