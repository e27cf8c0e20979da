import type { WindowPiece } from './segment.js';

/** Sums of seconds are not exact; far below a sample. */
const ROUNDING = 1e-9;

/**
 * Where a time of a window is in the recording, seconds. Silence that stands shortened between two pieces belongs to the nearer one;
 * a time before the first piece or after the last is its edge. Never falls when the time of the window rises.
 */
export function recordingTime(pieces: readonly WindowPiece[], time: number): number {
  let nearest: WindowPiece | undefined;
  for (const piece of pieces) {
    if (nearest !== undefined && time < middle(nearest, piece) - ROUNDING) break;
    nearest = piece;
  }
  if (nearest === undefined) return time;
  return Math.min(nearest.end, Math.max(nearest.start, nearest.start + time - nearest.at));
}

/** Seconds of sound in a window, shortened silence between its pieces included. */
export function lengthOf(pieces: readonly WindowPiece[]): number {
  const last = pieces.at(-1);
  return last === undefined ? 0 : last.at + last.end - last.start;
}

/** Between the end of a piece and the beginning of the next, in the window. */
function middle(before: WindowPiece, after: WindowPiece): number {
  return (before.at + before.end - before.start + after.at) / 2;
}
