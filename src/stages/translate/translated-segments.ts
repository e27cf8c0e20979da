import { splitAmongCues } from '../../domain/cue-split.js';
import { joinPieces } from '../../domain/script.js';
import type { Segment } from '../../domain/segment.js';
import type { SplitUnit } from './sentences.js';

/** For subtitles: each translated sentence is shared out among the segments that its original was said in. */
export function alignSegments(
  text: string,
  segments: readonly Segment[],
  split: SplitUnit,
  translations: ReadonlyMap<string, { readonly text: string }>,
  language: string,
): string[] {
  const aligned = segments.map((): string[] => []);
  for (const { sentence, segment, shares } of placed(text, segments, split)) {
    const parts = splitAmongCues(translations.get(sentence)?.text ?? '', shares, language);
    for (const [offset, part] of parts.entries()) aligned[segment + offset]?.push(part);
  }
  return aligned.map((parts) => joinPieces(parts, language));
}

/** A sentence of a transcript: the segment that it starts in, and how much of it is in that one and those after it, characters. */
export interface PlacedSentence {
  readonly sentence: string;
  readonly segment: number;
  readonly shares: readonly number[];
}

/** Each sentence of a transcript with its place, in their order. */
export function placed(text: string, segments: readonly Segment[], split: SplitUnit): PlacedSentence[] {
  const starts: number[] = [];
  let at = 0;
  for (const segment of segments) {
    at = Math.max(at, text.indexOf(segment.text, at));
    starts.push(at);
    at += segment.text.length;
  }
  let position = 0;
  let segment = 0;
  return split.sentences.map((sentence) => {
    position = Math.max(position, text.indexOf(sentence, position));
    while (segment + 1 < starts.length && (starts[segment + 1] as number) <= position) segment++;
    const end = position + sentence.length;
    const shares: number[] = [];
    for (let next = segment; next === segment || (starts[next] ?? end) < end; next++) {
      shares.push(Math.min(end, starts[next + 1] ?? end) - Math.max(position, starts[next] ?? position));
    }
    position = end;
    return { sentence, segment, shares };
  });
}
