import type { Segment, SegmentFlag } from './segment.js';

/**
 * Segments of a whole recording, from those of its windows: numbered from 0, and where channels were recognised each by itself,
 * in order of time through all of them. They are the caller's own and are numbered as they are, since those of many hours are megabytes.
 */
export function wholeRecording(segments: readonly Segment[]): readonly Segment[] {
  const ordered = inOrder(segments);
  for (const [id, segment] of ordered.entries()) (segment as { id: number }).id = id;
  return ordered;
}

function inOrder(segments: readonly Segment[]): readonly Segment[] {
  return segments.some(({ channel }) => channel !== undefined) ? [...segments].sort(byTime) : segments;
}

function byTime(a: Segment, b: Segment): number {
  return a.start - b.start || (a.channel ?? 0) - (b.channel ?? 0) || a.end - b.end;
}

/** What is known of segments without keeping them. */
export class SegmentTally {
  readonly #flags = new Map<SegmentFlag, number>();
  readonly #seconds = new Map<string, number>();
  #count = 0;
  #tokens = 0;
  #confidence = 0;

  add(segment: Segment): void {
    const { flags = [], language, start, end, tokens, confidence } = segment;
    this.#count++;
    for (const flag of flags) this.#flags.set(flag, this.flagged(flag) + 1);
    if (language !== undefined) this.#seconds.set(language, (this.#seconds.get(language) ?? 0) + end - start);
    this.#tokens += tokens.length;
    this.#confidence += confidence * tokens.length;
  }

  /** How many segments there are. */
  get count(): number {
    return this.#count;
  }

  /** How many have a flag. */
  flagged(flag: SegmentFlag): number {
    return this.#flags.get(flag) ?? 0;
  }

  /** Mean weighted by tokens, 0..1; 0 for no segments. */
  get confidence(): number {
    return this.#tokens === 0 ? 0 : this.#confidence / this.#tokens;
  }

  /** The language that most of the time is spoken in, of segments that carry theirs; null when none does. */
  get language(): string | null {
    let best: string | null = null;
    for (const [language, time] of this.#seconds) {
      if (best === null || time > (this.#seconds.get(best) as number)) best = language;
    }
    return best;
  }
}

/** Mean confidence weighted by tokens, 0..1; 0 for no segments. */
export function meanConfidence(segments: readonly Segment[]): number {
  const tally = new SegmentTally();
  for (const segment of segments) tally.add(segment);
  return tally.confidence;
}
