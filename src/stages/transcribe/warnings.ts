import type { Coverage } from '../../domain/coverage.js';
import type { Segment, SegmentFlag } from '../../domain/segment.js';
import type { Span } from '../../domain/spans.js';

/** Stretches that a warning names; the rest it counts. */
const MOST_NAMED = 5;

interface Findings {
  readonly segments: readonly Segment[];
  /** Null where no detector told what is speech. */
  readonly coverage: Coverage | null;
  readonly coverageThreshold: number;
  readonly leftOut: number;
}

/** What a reader should know before trusting a transcript, as sentences: counts of flagged segments, and speech without text. */
export function transcriptWarnings({ segments, coverage, coverageThreshold, leftOut }: Findings): string[] {
  const warnings: string[] = [];
  if (segments.length === 0) warnings.push('No speech was recognised in the recording.');
  const flags = new Map<SegmentFlag, number>();
  for (const { flags: own } of segments) {
    if (own !== undefined) for (const flag of own) flags.set(flag, (flags.get(flag) ?? 0) + 1);
  }
  const tell = (flag: SegmentFlag, what: (segments: string) => string): void => {
    const count = flags.get(flag) ?? 0;
    if (count > 0)
      warnings.push(what(`${count} of ${segments.length} ${segments.length === 1 ? 'segment' : 'segments'}`));
  };
  tell(
    'low_confidence',
    (some) => `${some} ${verb(flags, 'low_confidence', 'has', 'have')} a low confidence; check them.`,
  );
  tell(
    'loop',
    (some) => `${some} ${verb(flags, 'loop', 'repeats itself', 'repeat themselves')}; decoding again did not help.`,
  );
  tell('no_speech', (some) => `${some} ${verb(flags, 'no_speech', 'stands', 'stand')} where no speech was found.`);
  tell(
    'retried',
    (some) =>
      `${some} ${verb(flags, 'retried', 'comes', 'come')} from a second decoding, since the first repeated itself.`,
  );
  tell(
    'added',
    (some) => `${some} ${verb(flags, 'added', 'was', 'were')} found by a second decoding where the first had no text.`,
  );
  if (leftOut > 0) {
    warnings.push(
      `${leftOut} ${leftOut === 1 ? 'piece' : 'pieces'} of text that nobody said ${leftOut === 1 ? 'was' : 'were'} left out.`,
    );
  }
  if (coverage !== null && coverage.coverage < coverageThreshold && coverage.uncovered.length > 0) {
    warnings.push(
      `${Math.floor(coverage.coverage * 100)}% of the detected speech has text; there is none for ${named(coverage.uncovered)}.`,
    );
  }
  return warnings;
}

function verb(flags: ReadonlyMap<SegmentFlag, number>, flag: SegmentFlag, one: string, many: string): string {
  return flags.get(flag) === 1 ? one : many;
}

function named(spans: readonly Span[]): string {
  const longest = [...spans].sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, MOST_NAMED);
  const shown = spans.filter((span) => longest.includes(span)).map(({ start, end }) => `${clock(start)}–${clock(end)}`);
  const rest = spans.length - shown.length;
  return rest === 0
    ? shown.join(', ')
    : `${shown.join(', ')} and ${rest} shorter ${rest === 1 ? 'stretch' : 'stretches'}`;
}

/** `1:02:03.4`, `2:03.4`. */
export function clock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const [hours, minutes, rest] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10];
  const tail = rest.toFixed(1).padStart(4, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
