/** A stretch of time, seconds, `start` ≤ `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Seconds that two spans share. */
export function overlap(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}

/** Seconds of a span that a list of spans, none overlapping another, covers. */
export function covered(span: Span, by: readonly Span[]): number {
  return by.reduce((sum, other) => sum + overlap(span, other), 0);
}

export function totalLength(spans: readonly Span[]): number {
  return spans.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Sorted, with what overlaps or touches as one. Spans without length are left out. The same list when it is so already. */
export function union(spans: readonly Span[]): readonly Span[] {
  if (isUnion(spans)) return spans;
  const sorted = spans.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
  const joined: Array<{ start: number; end: number }> = [];
  for (const { start, end } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

function isUnion(spans: readonly Span[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, end } of spans) {
    if (start <= last || end <= start) return false;
    last = end;
  }
  return true;
}

/** What is left of `spans` where none of `taken` is, in order. */
export function without(spans: readonly Span[], taken: readonly Span[]): Span[] {
  const away = union(taken);
  const left: Span[] = [];
  // Both are in order: what ends before one span ends before all that follow.
  let first = 0;
  for (const { start, end } of union(spans)) {
    let from = start;
    while (first < away.length && (away[first] as Span).end <= start) first++;
    for (let at = first; at < away.length; at++) {
      const gone = away[at] as Span;
      if (gone.start >= end) break;
      if (gone.start > from) left.push({ start: from, end: gone.start });
      from = gone.end;
    }
    if (from < end) left.push({ start: from, end });
  }
  return left;
}
