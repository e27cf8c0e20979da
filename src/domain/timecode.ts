import { VoiceLinguaError } from './errors.js';

/**
 * Whole milliseconds of a time in seconds, rounded to the nearest; times before 0 are 0.
 * @throws {VoiceLinguaError} `INVALID_ARGUMENT` when it is not a finite number.
 */
export function toMilliseconds(seconds: number): number {
  if (!Number.isFinite(seconds)) {
    throw new VoiceLinguaError('INVALID_ARGUMENT', `A time must be a finite number of seconds, but is ${seconds}.`);
  }
  return Math.max(0, Math.round(seconds * 1000));
}

/** `HH:MM:SS,mmm` of SubRip, from milliseconds; hours take as many digits as they need. */
export function srtTime(milliseconds: number): string {
  return timecode(milliseconds, ',');
}

/** `HH:MM:SS.mmm` of WebVTT, from milliseconds; hours take as many digits as they need. */
export function vttTime(milliseconds: number): string {
  return timecode(milliseconds, '.');
}

function timecode(milliseconds: number, separator: string): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = Math.floor(milliseconds / 1000);
  const rest = String(milliseconds % 1000).padStart(3, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${separator}${rest}`;
}
