import { randomBytes } from 'node:crypto';

/** Hexadecimal digits of an id that are random; one more has two random bits. */
const RANDOM_DIGITS = 16;
const POOLED_IDS = 512;
/** Ids of one millisecond that are counted; more of them go on in the next one. */
const COUNTED = 4096;
const VARIANT = '89ab89ab89ab89ab';

let randomPool = '';
let taken = 0;
let wall = -1;
let count = 0;
let prefix = '';

/** Asking the system for a few bytes at a time costs more than the insert that they are for. */
function takeRandom(): number {
  if (taken + RANDOM_DIGITS > randomPool.length) {
    randomPool = randomBytes((POOLED_IDS * RANDOM_DIGITS) / 2).toString('hex');
    taken = 0;
  }
  const from = taken;
  taken += RANDOM_DIGITS;
  return from;
}

/** Time and count, the part of an id by which it is ordered. */
function nextPrefix(now: number): string {
  if (now === wall) count += 1;
  else {
    wall = now;
    count = 0;
  }
  // A prefix is kept for sixteen ids: only its last digit differs.
  if ((count & 15) === 0) {
    const time = Math.max(0, Math.floor(now)) + Math.floor(count / COUNTED);
    const digits = time.toString(16).padStart(12, '0');
    const counted = ((count % COUNTED) >> 4).toString(16).padStart(2, '0');
    prefix = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-7${counted}`;
  }
  return prefix;
}

/**
 * A new id of a task: time-ordered and, within a millisecond, counted (UUID version 7 as RFC 9562 has it in 6.2, method 1), so that
 * the ids of a batch are appended to an index instead of being spread over its last pages.
 * @param now milliseconds since 1970
 */
export function newTaskId(now: number): string {
  const ordered = nextPrefix(now);
  const from = takeRandom();
  const variant = VARIANT[Number.parseInt(randomPool[from] as string, 16)] as string;
  const random = randomPool.slice(from + 1, from + RANDOM_DIGITS);
  return `${ordered}${(count & 15).toString(16)}-${variant}${random.slice(0, 3)}-${random.slice(3)}`;
}
