/**
 * How often each item stands in a text, none overlapping another: where several could stand, the longest does, so that
 * `%s` is not found in `%%s`.
 */
export function countItems(text: string, items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  const pattern = patternOf(items);
  if (pattern === null) return counts;
  for (const [found] of text.matchAll(pattern)) counts.set(found, (counts.get(found) ?? 0) + 1);
  return counts;
}

/** The text with a space in place of every item, for checks that look at words of a language alone. */
export function withoutItems(text: string, items: readonly string[] = []): string {
  const pattern = patternOf(items);
  return pattern === null ? text : text.replace(pattern, ' ');
}

function patternOf(items: readonly string[]): RegExp | null {
  const distinct = [...new Set(items)].filter((item) => item !== '').sort((a, b) => b.length - a.length);
  if (distinct.length === 0) return null;
  return new RegExp(distinct.map((item) => item.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
