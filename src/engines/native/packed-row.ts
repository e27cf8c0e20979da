import type { Segment, Word } from '../../domain/segment.js';

/** A word with the number of the segment's tokens that it is made of. */
export interface LaneWord extends Word {
  readonly tokens: number;
}

/** A segment as a lane gives it. */
export interface LaneSegment extends Omit<Segment, 'words'> {
  readonly words?: readonly LaneWord[];
}

/** Where a window stands in a row, seconds. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

/** Whisper times a segment some hundredths beyond its sound. */
const TOLERANCE_SECONDS = 0.2;

/**
 * Divides the segments of a row among the windows that were put into it one after the other. The border of two windows is the middle
 * of the silence between them; a segment that reaches over one is divided between its words. Times become those of each window.
 * Null for a window that got nothing: whether there is nothing in it, only a row of its own tells.
 */
export function splitRow(
  segments: readonly LaneSegment[],
  places: readonly Place[],
): Array<readonly LaneSegment[] | null> {
  const parts: LaneSegment[][] = places.map(() => []);
  for (const segment of segments) {
    for (const { index, part } of divided(segment, places)) parts[index]?.push(within(part, places[index] as Place));
  }
  return parts.map((part) =>
    part.some(({ text }) => text !== '') ? part.map((segment, id) => ({ ...segment, id })) : null,
  );
}

interface Division {
  readonly index: number;
  readonly part: LaneSegment;
}

function divided(segment: LaneSegment, places: readonly Place[]): Division[] {
  const first = placeOf(segment.start + TOLERANCE_SECONDS, places);
  const last = placeOf(segment.end - TOLERANCE_SECONDS, places);
  const { words } = segment;
  if (last <= first || words === undefined || words.length === 0) {
    return [{ index: placeOf((segment.start + segment.end) / 2, places), part: segment }];
  }
  const runs: Array<{ readonly index: number; readonly words: LaneWord[] }> = [];
  for (const word of words) {
    const index = placeOf((word.start + word.end) / 2, places);
    const run = runs.at(-1);
    if (run?.index === index) run.words.push(word);
    else runs.push({ index, words: [word] });
  }
  let token = 0;
  return runs.map((run) => {
    const from = token;
    token += run.words.reduce((sum, word) => sum + word.tokens, 0);
    return { index: run.index, part: ofWords(segment, run.words, segment.tokens.slice(from, token)) };
  });
}

function ofWords(segment: LaneSegment, words: readonly LaneWord[], tokens: readonly number[]): LaneSegment {
  const confidence = words.reduce((sum, { probability }) => sum + probability, 0) / words.length;
  return {
    ...segment,
    start: (words[0] as LaneWord).start,
    end: (words.at(-1) as LaneWord).end,
    text: words
      .map(({ word }) => word)
      .join('')
      .trim(),
    confidence,
    tokens,
    words,
  };
}

/** The window in whose part of the row a time is. */
function placeOf(time: number, places: readonly Place[]): number {
  for (const [index, { at, length }] of places.entries()) {
    const next = places[index + 1];
    if (next === undefined || time < (at + length + next.at) / 2) return index;
  }
  return 0;
}

function within(segment: LaneSegment, { at, length }: Place): LaneSegment {
  const shifted = (time: number): number => Math.round(Math.min(Math.max(0, time - at), length) * 1000) / 1000;
  const { words } = segment;
  return {
    ...segment,
    start: shifted(segment.start),
    end: shifted(segment.end),
    ...(words === undefined
      ? {}
      : { words: words.map((word) => ({ ...word, start: shifted(word.start), end: shifted(word.end) })) }),
  };
}
