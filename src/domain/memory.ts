/** Memory of the machine or of the container, whichever is tighter. Bytes. */
export interface MemoryState {
  readonly total: number;
  readonly available: number;
  /** Share in use, 0..1. */
  readonly used: number;
  /** What sets the limit. */
  readonly limit: 'machine' | 'container';
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes as people read them: `812 bytes`, `1.5 GiB`. */
export function humanBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} bytes`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** A share as a whole percentage: `85 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
