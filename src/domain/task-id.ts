import { randomBytes } from 'node:crypto';

const ID_RANDOM_BYTES = 10;
let randomPool = Buffer.alloc(0);

/** Asking the system for a few bytes at a time costs more than the insert that they are for. */
function takeRandom(): Buffer {
  if (randomPool.length < ID_RANDOM_BYTES) randomPool = randomBytes(400 * ID_RANDOM_BYTES);
  const taken = randomPool.subarray(0, ID_RANDOM_BYTES);
  randomPool = randomPool.subarray(ID_RANDOM_BYTES);
  return taken;
}

/**
 * A new id of a task: time-ordered (UUID version 7), so that ids of one batch lie side by side in an index.
 * @param wall milliseconds since 1970
 */
export function newTaskId(wall: number): string {
  const time = Math.max(0, Math.floor(wall)).toString(16).padStart(12, '0');
  const random = takeRandom();
  random[0] = 0x70 | ((random[0] as number) & 0x0f);
  random[2] = 0x80 | ((random[2] as number) & 0x3f);
  const hex = random.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
}
