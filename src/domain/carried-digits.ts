import type { ProtectedItem } from './protected-items.js';

/** `6億4900万`: two numbers, the first counts ten thousand times the second's. */
const MYRIADS = /([0-9]{1,8})\s?[億亿억]\s?([0-9]{1,4})\s?[万萬만]/g;
/** Groups of digits are joined over these when they stand between two digits: `1,000.5`, `1 000,5`, `1'000`. */
const SEPARATOR = /(?<=[0-9])[.,'’\u00a0\u202f ](?=[0-9])/g;

/**
 * Which carried items have no counterpart in a translation. A date, a time, a version or a code has one when each of its
 * numbers stands there, in any order; a number or measure when its digits do, however they are grouped, and whatever
 * zeros a word took the place of (`3,000,000`, `3 million`, `300万`).
 */
export function lostDigits(items: readonly ProtectedItem[], translated: string): ProtectedItem[] {
  const carried = items.filter((item) => item.class === 'carried');
  if (carried.length === 0) return [];
  const text = translated.normalize('NFKC');
  const apart = new Set(text.match(/[0-9]+/g)?.map(withoutLeadingZeros));
  const grouped = text.replace(SEPARATOR, '');
  const myriads = Array.from(grouped.matchAll(MYRIADS), ([, many, few]) => String(Number(many) * 10_000 + Number(few)));
  const amounts = new Set([...(grouped.match(/[0-9]+/g) ?? []), ...myriads, ...apart].map(significant));
  return carried.filter((item) => {
    const { kind, text: own } = item;
    if (translated.includes(own)) return false;
    if (kind === 'number' || kind === 'measure') {
      const digits =
        own
          .normalize('NFKC')
          .replace(SEPARATOR, '')
          .match(/[0-9]+/)?.[0] ?? '';
      return !amounts.has(significant(digits));
    }
    return (own.match(/[0-9]+/g) ?? []).some((digits) => !hasNumber(apart, digits, kind === 'date'));
  });
}

function hasNumber(numbers: ReadonlySet<string>, digits: string, isDate: boolean): boolean {
  const bare = withoutLeadingZeros(digits);
  // A year of two digits may be written whole.
  return (
    numbers.has(bare) ||
    (isDate && digits.length === 2 && [...numbers].some((n) => n.length === 4 && n.endsWith(digits)))
  );
}

function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

function significant(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '').replace(/(?<=\d)0+$/, '');
}
