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
  let sum = 0;
  for (const other of by) sum += overlap(span, other);
  return sum;
}

export function totalLength(spans: readonly Span[]): number {
  let sum = 0;
  for (const span of spans) sum = sum + span.end - span.start;
  return sum;
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

/** Whether the union of spans can be walked through as they are: none starts or ends before the one in front of it. */
function isAscending(spans: readonly Span[]): boolean {
  for (let at = 1; at < spans.length; at++) {
    const [before, span] = [spans[at - 1] as Span, spans[at] as Span];
    if (span.start < before.start || span.end < before.end) return false;
  }
  return true;
}

/**
 * What is left of `spans` where none of `taken` is, in order, in pieces of at least `least` seconds. Makes nothing but these of
 * spans that are in order, which may be ten thousands.
 */
export function without(spans: readonly Span[], taken: readonly Span[], least = 0): Span[] {
  const away = isAscending(taken) ? taken : union(taken);
  const left: Span[] = [];
  // Both are in order: what ends before one span ends before all that follow.
  let first = 0;
  for (const { start, end } of union(spans)) {
    let from = start;
    while (first < away.length && (away[first] as Span).end <= start) first++;
    for (let at = first; at < away.length; at++) {
      const gone = away[at] as Span;
      if (gone.start >= end) break;
      // One without length takes nothing away, and must not cut a piece in two.
      if (gone.end <= from || gone.end <= gone.start) continue;
      if (gone.start > from && gone.start - from >= least) left.push({ start: from, end: gone.start });
      from = gone.end;
    }
    if (from < end && end - from >= least) left.push({ start: from, end });
  }
  return left;
}
