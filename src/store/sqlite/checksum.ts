import { crc32 } from 'node:zlib';

/** What a sum is made over: values as SQLite gives them back. */
export type Summed = string | number | null;

/** Name of {@link checksum} in SQL; the schema's migrations use it. */
export const CHECKSUM_SQL = 'voicelingua_sum';

/**
 * CRC-32 of stored values. SQLite sees damage to its own structure, but a flipped bit in a text is another text to it; so rows
 * that hold somebody's work carry a sum, which is compared whenever they are read.
 */
export function checksum(...values: readonly Summed[]): number {
  return crc32(values.map((value) => (value === null ? '\u0001' : String(value))).join('\0'));
}

/** A row is not as it was written. */
export class DamagedRow extends Error {}

export function assertSum(what: string, sum: number, ...values: readonly Summed[]): void {
  if (checksum(...values) !== sum) throw new DamagedRow(`${what} is not as it was written (its checksum differs)`);
}
