import { distance } from 'fastest-levenshtein';

const UNIT_COUNT = 0x10000;

/**
 * Levenshtein distance of two sequences of symbols (code points, words …).
 *
 * fastest-levenshtein compares UTF-16 units, so every distinct symbol gets a unit of its own. Texts of more than
 * 65,536 distinct symbols do not fit and take the slower row algorithm.
 */
export function editDistance(a: readonly string[], b: readonly string[]): number {
  const [left, right] = withoutCommonEnds(a, b);
  if (left.length === 0 || right.length === 0) return left.length + right.length;
  const ids = new Map<string, number>();
  const leftIds = numbered(left, ids);
  const rightIds = numbered(right, ids);
  return ids.size <= UNIT_COUNT
    ? distance(units(leftIds), units(rightIds))
    : (lastRow(leftIds, rightIds)[right.length] ?? 0);
}

export type EditOperation = 'equal' | 'substitute' | 'insert' | 'delete';

/** One step from the reference to the hypothesis; a `delete` has no hypothesis, an `insert` no reference. */
export interface Edit {
  readonly operation: EditOperation;
  readonly reference: string | null;
  readonly hypothesis: string | null;
}

/**
 * A shortest list of edits that turns `reference` into `hypothesis`, in order.
 * Memory is linear in the longer sequence (Hirschberg); time is the product of both lengths after common ends.
 */
export function alignEdits(reference: readonly string[], hypothesis: readonly string[]): Edit[] {
  const ids = new Map<string, number>();
  const out: Edit[] = [];
  align(reference, hypothesis, numbered(reference, ids), numbered(hypothesis, ids), out);
  return out;
}

function align(
  reference: readonly string[],
  hypothesis: readonly string[],
  referenceIds: Int32Array,
  hypothesisIds: Int32Array,
  out: Edit[],
): void {
  let head = 0;
  const shortest = Math.min(referenceIds.length, hypothesisIds.length);
  while (head < shortest && referenceIds[head] === hypothesisIds[head]) head++;
  let tail = 0;
  while (
    tail < shortest - head &&
    referenceIds[referenceIds.length - 1 - tail] === hypothesisIds[hypothesisIds.length - 1 - tail]
  ) {
    tail++;
  }
  for (let i = 0; i < head; i++) out.push(edit('equal', reference[i], hypothesis[i]));

  const referenceEnd = referenceIds.length - tail;
  const hypothesisEnd = hypothesisIds.length - tail;
  alignMiddle(
    reference.slice(head, referenceEnd),
    hypothesis.slice(head, hypothesisEnd),
    referenceIds.subarray(head, referenceEnd),
    hypothesisIds.subarray(head, hypothesisEnd),
    out,
  );

  for (let i = tail; i > 0; i--) {
    out.push(edit('equal', reference[reference.length - i], hypothesis[hypothesis.length - i]));
  }
}

function alignMiddle(
  reference: readonly string[],
  hypothesis: readonly string[],
  referenceIds: Int32Array,
  hypothesisIds: Int32Array,
  out: Edit[],
): void {
  if (referenceIds.length === 0) {
    for (const word of hypothesis) out.push(edit('insert', undefined, word));
    return;
  }
  if (hypothesisIds.length === 0) {
    for (const word of reference) out.push(edit('delete', word, undefined));
    return;
  }
  if (referenceIds.length === 1) {
    const only = referenceIds[0];
    const at = Math.max(0, hypothesisIds.indexOf(only ?? -1));
    hypothesis.forEach((word, index) => {
      if (index !== at) out.push(edit('insert', undefined, word));
      else out.push(edit(hypothesisIds[index] === only ? 'equal' : 'substitute', reference[0], word));
    });
    return;
  }
  const half = referenceIds.length >> 1;
  const forward = lastRow(referenceIds.subarray(0, half), hypothesisIds);
  const backward = lastRow(referenceIds.slice(half).reverse(), hypothesisIds.slice().reverse());
  let cut = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let j = 0; j <= hypothesisIds.length; j++) {
    const cost = (forward[j] ?? 0) + (backward[hypothesisIds.length - j] ?? 0);
    if (cost < best) {
      best = cost;
      cut = j;
    }
  }
  align(
    reference.slice(0, half),
    hypothesis.slice(0, cut),
    referenceIds.subarray(0, half),
    hypothesisIds.subarray(0, cut),
    out,
  );
  align(reference.slice(half), hypothesis.slice(cut), referenceIds.subarray(half), hypothesisIds.subarray(cut), out);
}

/** Last row of the distance table: distances of all of `a` to every beginning of `b`. */
function lastRow(a: Int32Array, b: Int32Array): Int32Array {
  const row = Int32Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = i - 1;
    let left = i;
    row[0] = i;
    const symbol = a[i - 1];
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0;
      const replaced = symbol === b[j - 1] ? diagonal : diagonal + 1;
      left = Math.min(replaced, above + 1, left + 1);
      row[j] = left;
      diagonal = above;
    }
  }
  return row;
}

function edit(operation: EditOperation, reference: string | undefined, hypothesis: string | undefined): Edit {
  return { operation, reference: reference ?? null, hypothesis: hypothesis ?? null };
}

function withoutCommonEnds(a: readonly string[], b: readonly string[]): [readonly string[], readonly string[]] {
  const shortest = Math.min(a.length, b.length);
  let head = 0;
  while (head < shortest && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shortest - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
}

function numbered(symbols: readonly string[], ids: Map<string, number>): Int32Array {
  return Int32Array.from(symbols, (symbol) => {
    const known = ids.get(symbol);
    if (known !== undefined) return known;
    ids.set(symbol, ids.size);
    return ids.size - 1;
  });
}

function units(ids: Int32Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < ids.length; at += 8192) pieces.push(String.fromCharCode(...ids.subarray(at, at + 8192)));
  return pieces.join('');
}
