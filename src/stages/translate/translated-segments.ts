import { splitAmongCues } from '../../domain/cue-split.js';
import { joinPieces } from '../../domain/script.js';

/** What a text was put together from, in order: segments of a recording, lines of cues. */
export type TextSegments = ReadonlyArray<{ readonly text: string }>;

/**
 * For subtitles: each translated sentence is shared out among the segments that its original stands in. What stands between the
 * sentences (a number, a dash, dots) stays in its segment.
 */
export function alignSegments(
  text: string,
  segments: TextSegments,
  sentences: readonly string[],
  translations: ReadonlyMap<string, { readonly text: string }>,
  language: string,
): string[] {
  const aligned = segments.map((): string[] => []);
  const pieces = piecesOf(text, segments, sentences);
  const places = placed(
    text,
    segments,
    pieces.map((piece) => piece.text),
  );
  for (const [index, { sentence, segment, shares }] of places.entries()) {
    const translation = pieces[index]?.translate ? (translations.get(sentence)?.text ?? '') : sentence;
    const parts = splitAmongCues(translation, shares, language);
    for (const [offset, part] of parts.entries()) aligned[segment + offset]?.push(part);
  }
  return aligned.map((parts) => joinPieces(parts, language));
}

/** A stretch of a text: a sentence, or what is no white space between two. */
export interface Piece {
  readonly text: string;
  readonly translate: boolean;
}

/** The sentences of a text with what stands between them, in order; the latter never goes over the end of a segment. */
export function piecesOf(text: string, segments: TextSegments, sentences: readonly string[]): Piece[] {
  const ends: number[] = [];
  let end = 0;
  for (const segment of segments) {
    end = text.indexOf(segment.text, end) + segment.text.length;
    ends.push(end);
  }
  const pieces: Piece[] = [];
  let segment = 0;
  const between = (from: number, to: number): void => {
    let at = from;
    while (at < to) {
      while (segment < ends.length - 1 && (ends[segment] as number) <= at) segment++;
      const stop = Math.min(to, Math.max(at + 1, ends[segment] ?? to));
      const literal = text.slice(at, stop).trim();
      if (literal !== '') pieces.push({ text: literal, translate: false });
      at = stop;
    }
  };
  let at = 0;
  for (const sentence of sentences) {
    const start = text.indexOf(sentence, at);
    between(at, start);
    pieces.push({ text: sentence, translate: true });
    at = start + sentence.length;
  }
  between(at, text.length);
  return pieces;
}

/** A sentence of a transcript: the segment that it starts in, and how much of it is in that one and those after it, characters. */
export interface PlacedSentence {
  readonly sentence: string;
  readonly segment: number;
  readonly shares: readonly number[];
}

/** Each sentence of a transcript with its place, in their order. */
export function placed(text: string, segments: TextSegments, sentences: readonly string[]): PlacedSentence[] {
  const starts: number[] = [];
  let at = 0;
  for (const segment of segments) {
    at = Math.max(at, text.indexOf(segment.text, at));
    starts.push(at);
    at += segment.text.length;
  }
  let position = 0;
  let segment = 0;
  return sentences.map((sentence) => {
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
