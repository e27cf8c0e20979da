import { createHash } from 'node:crypto';

/** Short hash of anything that JSON can hold: what a stored result was computed from. */
export function fingerprint(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
