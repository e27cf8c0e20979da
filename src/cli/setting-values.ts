import { usageError } from './errors.js';
import { parseDuration } from './units.js';

export type Env = Readonly<Record<string, string | undefined>>;

/** An option that flag, environment and config file can set. */
export interface Definition<T> {
  readonly flags: string;
  readonly description: string;
  /** `where` names the place the value came from, for the error. */
  readonly parse: (value: unknown, where: string) => T;
  /** May be given more than once. */
  readonly list?: true;
  /** Takes no value. */
  readonly flag?: true;
  /** A flag that switches off what is on by default: `--no-memory` sets `memory` to false. */
  readonly negated?: true;
  /** What a command that knows the setting gets when nothing sets it; without it, the library decides. */
  readonly fallback?: (env: Env) => T;
}

/** Readers of option values; `where` names the place a value came from, for the error. */

export const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

export const text = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || value === '') throw usageError(`${where} needs a text, got ${show(value)}.`);
  return value;
};

/** As {@link text}, but `""` is one too. */
export const phrase = (value: unknown, where: string): string => {
  if (typeof value !== 'string') throw usageError(`${where} needs a text, got ${show(value)}.`);
  return value;
};

/** An object, or JSON of one. */
export const jsonObject = (value: unknown, where: string): Record<string, unknown> => {
  let given = value;
  if (typeof value === 'string') {
    try {
      given = JSON.parse(value);
    } catch {
      throw usageError(`${where} needs a JSON object such as {"contextSentences":5}; what was given is not JSON.`);
    }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw usageError(`${where} needs a JSON object.`);
  return given as Record<string, unknown>;
};

export const list = (value: unknown, where: string): string[] => {
  const parts = Array.isArray(value) ? value : [value];
  const names = parts.flatMap((part) => text(part, where).split(/[\s,]+/)).filter((name) => name !== '');
  if (names.length === 0) throw usageError(`${where} needs at least one name.`);
  return [...new Set(names)];
};

export const integer =
  (least: number, most: number) =>
  (value: unknown, where: string): number => {
    const number = typeof value === 'number' ? value : /^[+-]?\d+$/.test(String(value)) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number) || number < least || number > most) {
      throw usageError(`${where} needs a whole number between ${least} and ${most}, got ${show(value)}.`);
    }
    return number;
  };

export const number =
  (least: number, most: number) =>
  (value: unknown, where: string): number => {
    const given =
      typeof value === 'number' ? value : /^[+-]?(\d+\.?\d*|\.\d+)$/.test(String(value)) ? Number(value) : Number.NaN;
    if (!(given >= least && given <= most)) {
      throw usageError(`${where} needs a number between ${least} and ${most}, got ${show(value)}.`);
    }
    return given;
  };

/** Whole numbers: a list, or numbers separated by commas. */
export const numbers =
  (least: number, most: number) =>
  (value: unknown, where: string): number[] => {
    const parts = Array.isArray(value) ? value : String(value).split(/[\s,]+/);
    return parts.filter((part) => part !== '').map((part) => integer(least, most)(part, where));
  };

export const oneOf =
  <T extends string>(...choices: readonly T[]) =>
  (value: unknown, where: string): T => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw usageError(`${where} is one of ${choices.join(', ')}; got ${show(value)}.`);
    return found;
  };

export const truth = (value: unknown, where: string): boolean => {
  if (typeof value === 'boolean') return value;
  const lower = String(value).toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(lower)) return true;
  if (['0', 'false', 'no', 'off', ''].includes(lower)) return false;
  throw usageError(`${where} is true or false, got ${show(value)}.`);
};

/** The longest that a timer takes, some 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** A length of time, in milliseconds; at most what a timer takes. */
export const duration =
  (leastMs = 0) =>
  (value: unknown, where: string): number => {
    const given = typeof value === 'number' || typeof value === 'string' ? parseDuration(String(value)) : null;
    if (given === null) {
      throw usageError(
        `${where} needs a duration such as 30s, 2m or 1h30m (a bare number is seconds), got ${show(value)}.`,
      );
    }
    if (given < leastMs || given > LONGEST_MS) {
      throw usageError(`${where} is between ${leastMs / 1000} s and 24 days, got ${show(value)}.`);
    }
    return given;
  };

/** `80` or `80%` as a share, 0.8. */
export const percentage = (value: unknown, where: string): number => {
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(String(value).trim());
  const number = match === null ? Number.NaN : Number(match[1]);
  if (!(number >= 1 && number <= 100)) {
    throw usageError(`${where} needs a percentage between 1 and 100, got ${show(value)}.`);
  }
  return number / 100;
};
