import { distance } from 'fastest-levenshtein';

/** Spellings that differ in case, `-` and `_` only are the same name to a person: `beam_size` is `beamSize`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** The candidate nearest to a misspelt name by edit distance, the first of equals; null without candidates. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const given = plain(name.slice(0, 100));
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const cost = distance(given, plain(candidate));
    if (cost < bestDistance) {
      best = candidate;
      bestDistance = cost;
    }
  }
  return best;
}
