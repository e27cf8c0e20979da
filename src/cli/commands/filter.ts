import type { TaskStatus, TaskType } from '../api.js';
import { usageError } from '../errors.js';

const STATUSES: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled'];
const TYPES: readonly TaskType[] = ['audio', 'text'];

/** The filter options that `query` and `tasks list` share; members that were not given are undefined. */
export function filterOptions(flags: Readonly<Record<string, unknown>>) {
  return {
    status: choice('--status', flags.status, STATUSES),
    type: choice('--type', flags.type, TYPES),
    limit: count('--limit', flags.limit, 1),
    offset: count('--offset', flags.offset, 0),
  };
}

function choice<T extends string>(flag: string, value: unknown, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((one) => one === String(value).toLowerCase());
  if (found === undefined) throw usageError(`${flag} is one of ${choices.join(', ')}; got ${JSON.stringify(value)}.`);
  return found;
}

function count(flag: string, value: unknown, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < least) {
    throw usageError(`${flag} needs a whole number from ${least}; got ${JSON.stringify(value)}.`);
  }
  return number;
}
