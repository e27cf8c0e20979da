import { toMilliseconds } from '../domain/timecode.js';

/** A piece of text on the screen. Times in seconds. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A cue as subtitle files can hold it. Times in whole milliseconds. */
export interface TimedText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** How long a cue without a length of its own stays, if the next one leaves room: Netflix's shortest, 5/6 s. */
const SHORTEST_MS = 833;

/**
 * Cues in the order of their starts, ready for a subtitle file: text trimmed, without the blank lines that would end a
 * cue, empty cues left out; every cue lasts at least a millisecond and ends before the next begins.
 */
export function arrangeCues(cues: readonly Cue[]): TimedText[] {
  const filled = cues
    .map(({ start, end, text }) => ({ start: toMilliseconds(start), end: toMilliseconds(end), text: cueText(text) }))
    .filter(({ text }) => text !== '')
    .sort((a, b) => a.start - b.start);

  let earliest = 0;
  const placed = filled.map((cue) => {
    const start = Math.max(cue.start, earliest);
    earliest = start + 1;
    return { ...cue, start };
  });
  return placed.map((cue, index) => {
    const wanted = cue.end > cue.start ? cue.end : cue.start + SHORTEST_MS;
    return { ...cue, end: Math.min(wanted, placed[index + 1]?.start ?? wanted) };
  });
}

function cueText(text: string): string {
  return text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
