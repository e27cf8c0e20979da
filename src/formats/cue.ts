import { toMilliseconds } from '../domain/timecode.js';

/** A piece of text on the screen. Times in seconds. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Part of the text to underline, as indices of UTF-16 units; the text then has no lines to be trimmed. */
  readonly highlight?: readonly [from: number, to: number];
  /** Who says it. */
  readonly speaker?: string;
}

/** A cue as subtitle files can hold it. Times in whole milliseconds. */
export type TimedText = Cue;

/** How long a cue without a length of its own stays, if the next one leaves room: Netflix's shortest, 5/6 s. */
const SHORTEST_MS = 833;

/**
 * Cues in the order of their starts, ready for a subtitle file: text trimmed, without the blank lines that would end a
 * cue, empty cues left out; every cue lasts at least a millisecond and ends before the next begins.
 */
export function arrangeCues(cues: readonly Cue[]): TimedText[] {
  const filled = cues
    .map((cue) => ({
      ...cue,
      start: toMilliseconds(cue.start),
      end: toMilliseconds(cue.end),
      text: cueText(cue.text),
    }))
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

/** The text of a cue, with tags around what is highlighted; `write` makes any other text safe for the format. */
export function underlined({ text, highlight }: TimedText, write: (text: string) => string): string {
  if (highlight === undefined) return write(text);
  const [from, to] = highlight;
  return `${write(text.slice(0, from))}<u>${write(text.slice(from, to))}</u>${write(text.slice(to))}`;
}

function cueText(text: string): string {
  return text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
