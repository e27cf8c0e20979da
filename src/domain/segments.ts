import type { Segment } from './segment.js';

/**
 * Segments of a whole recording, from those of its windows: numbered from 0, and where channels were recognised each by itself,
 * in order of time through all of them.
 */
export function wholeRecording(segments: readonly Segment[]): Segment[] {
  return inOrder(segments).map((segment, id) => (segment.id === id ? segment : { ...segment, id }));
}

/** The same for segments that nobody else has: they are numbered as they are, since those of many hours are megabytes. */
export function ownRecording(segments: readonly Segment[]): readonly Segment[] {
  const ordered = inOrder(segments);
  for (let id = 0; id < ordered.length; id++) (ordered[id] as { id: number }).id = id;
  return ordered;
}

function inOrder(segments: readonly Segment[]): readonly Segment[] {
  return segments.some(({ channel }) => channel !== undefined) ? [...segments].sort(byTime) : segments;
}

function byTime(a: Segment, b: Segment): number {
  return a.start - b.start || (a.channel ?? 0) - (b.channel ?? 0) || a.end - b.end;
}

/** Mean confidence weighted by tokens, 0..1; 0 for no segments. */
export function meanConfidence(segments: readonly Segment[]): number {
  let tokens = 0;
  let sum = 0;
  for (const segment of segments) {
    tokens += segment.tokens.length;
    sum += segment.confidence * segment.tokens.length;
  }
  return tokens === 0 ? 0 : sum / tokens;
}

/** The language that most of the time is spoken in, of segments that carry theirs; null when none does. */
export function mostSpokenLanguage(segments: readonly Segment[]): string | null {
  const seconds = new Map<string, number>();
  for (const { language, start, end } of segments) {
    if (language !== undefined) seconds.set(language, (seconds.get(language) ?? 0) + end - start);
  }
  let best: string | null = null;
  for (const [language, time] of seconds) {
    if (best === null || time > (seconds.get(best) as number)) best = language;
  }
  return best;
}
