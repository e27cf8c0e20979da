import type { TaskStatus, TaskType } from '../api.js';
import { usageError } from '../errors.js';
import { parseDuration } from '../units.js';

const STATUSES: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled'];
export const ENDED: readonly TaskStatus[] = ['completed', 'failed', 'cancelled'];
const TYPES: readonly TaskType[] = ['audio', 'text'];
const ORDERS = ['newest', 'oldest', 'ended'] as const;

type Flags = Readonly<Record<string, unknown>>;

/** The filter options that `query` and `tasks list` share; members that were not given are undefined. */
export function filterOptions(flags: Flags) {
  return {
    status: statusOption(flags, STATUSES),
    type: choice('--type', flags.type, TYPES),
    limit: count('--limit', flags.limit, 1),
    offset: count('--offset', flags.offset, 0),
  };
}

export const statusOption = (flags: Flags, choices: readonly TaskStatus[]): TaskStatus | undefined =>
  choice('--status', flags.status, choices);

/** One state, or several, separated by commas. */
export function statusesOption(
  flags: Flags,
  choices: readonly TaskStatus[],
): TaskStatus | readonly TaskStatus[] | undefined {
  if (typeof flags.status !== 'string' || !flags.status.includes(',')) return statusOption(flags, choices);
  return flags.status
    .split(',')
    .map((status) => choice('--status', status.trim(), choices))
    .filter((status) => status !== undefined);
}

export const orderOption = (flags: Flags): (typeof ORDERS)[number] | undefined =>
  choice('--order', flags.order, ORDERS);

export function choice<T extends string>(flag: string, value: unknown, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((one) => one === String(value).toLowerCase());
  if (found === undefined) throw usageError(`${flag} is one of ${choices.join(', ')}; got ${JSON.stringify(value)}.`);
  return found;
}

export function count(flag: string, value: unknown, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < least) {
    throw usageError(`${flag} needs a whole number from ${least}; got ${JSON.stringify(value)}.`);
  }
  return number;
}

/** A text that was given, which is not empty. */
export function textOption(flag: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw usageError(`${flag} needs a text; got ${JSON.stringify(value)}.`);
}

/** An age, in milliseconds. */
export function olderThan(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const ms = parseDuration(String(value));
  if (ms === null) throw usageError(`--older-than needs a duration such as 12h or 7d; got ${JSON.stringify(value)}.`);
  return ms;
}
