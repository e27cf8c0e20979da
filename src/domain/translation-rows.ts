/** Rows, sentence times language, of a task that are in front of the engine at once: enough to pick batches of like length from. */
export const ROWS_IN_FRONT = 256;
/** Rows of one call of the engine, at most; a cancel waits for one call. */
const MOST_ROWS = 32;
const FEWEST_ROWS = 8;
/**
 * Beams of all rows of a call: up to so many the addon's own products read the weights as they lie (native/kernels), beyond it
 * oneDNN packs them for each step. By measurement 16 rows of four beams are a fifth faster than 32 (docs/benchmarks.md).
 */
const HYPOTHESES_AT_ONCE = 64;

/** Rows that one call of the engine takes at a beam width. */
export function rowsAtOnce(beamSize: number): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(HYPOTHESES_AT_ONCE / beamSize)));
}
