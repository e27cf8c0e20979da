import { readFileSync } from 'node:fs';

/**
 * One reading of the clock. `wall` stamps records and retry times; `lease` measures leases, so that a step of the
 * wall clock neither ends nor prolongs one. Milliseconds both.
 */
export interface Instant {
  readonly wall: number;
  readonly lease: number;
  /** Names the clock behind `lease`: readings of two epochs cannot be compared, a lease of another epoch is over. */
  readonly epoch: string;
}

export type Clock = () => Instant;

/**
 * Linux gives every process of one boot the same monotonic clock and names the boot. Elsewhere the boot has no name
 * that holds, so leases go by the wall clock there.
 */
function bootId(): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return null;
  }
}

export function systemClock(): Clock {
  const boot = bootId();
  if (boot === null) {
    return () => {
      const wall = Date.now();
      return { wall, lease: wall, epoch: 'wall' };
    };
  }
  return () => ({ wall: Date.now(), lease: Number(process.hrtime.bigint() / 1_000_000n), epoch: boot });
}

export function isoTime(wall: number): string {
  return new Date(wall).toISOString();
}
