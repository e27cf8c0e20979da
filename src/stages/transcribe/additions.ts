import { textSpans } from '../../domain/coverage.js';
import { normalizeForErrorRate, words } from '../../domain/error-rate-text.js';
import { joinPieces } from '../../domain/script.js';
import type { Segment, Word } from '../../domain/segment.js';
import { covered, overlap, type Span, totalLength } from '../../domain/spans.js';

/** A segment without words is taken when at least this share of its time has no text yet. */
const LARGE_SHARE = 0.5;
/** Segments this near, seconds, may have the same words at other times. */
const BESIDE = 2;
/** Text that is there already may reach into what is added by this much, seconds: times are not more exact. */
const TOUCH = 0.3;

/**
 * What another decoding of a window has to say where the first left speech without text: with times of words the words that
 * stand there, else segments that stand there for the most part. Nothing that is said already comes twice.
 */
export function additions(
  other: readonly Segment[],
  missing: readonly Span[],
  present: readonly Segment[],
): readonly Segment[] {
  const taken = textSpans(present);
  const found = other.flatMap((segment) => {
    if (segment.words !== undefined && segment.words.length > 0) return cut(segment, segment.words, missing);
    const length = segment.end - segment.start;
    const fits = covered(segment, missing) >= LARGE_SHARE * length && covered(segment, taken) <= TOUCH;
    return length > 0 && fits ? [segment] : [];
  });
  return found.filter((segment) => segment.end > segment.start && !saidBeside(segment, present));
}

/** Whether the words stand in a segment next to them already: decodings of the same sound may time it differently. */
function saidBeside(segment: Segment, present: readonly Segment[]): boolean {
  const plain = (text: string): string => ` ${words(normalizeForErrorRate(text)).join(' ')} `;
  const near = { start: segment.start - BESIDE, end: segment.end + BESIDE };
  return present.some((other) => overlap(other, near) > 0 && plain(other.text).includes(plain(segment.text)));
}

/** The parts of a segment whose words stand in the spans, each a segment of its own. */
function cut(segment: Segment, own: readonly Word[], spans: readonly Span[]): Segment[] {
  if (own.every((word) => standsIn(word, spans))) return [segment];
  return spans.flatMap((span) => {
    const some = own.filter((word) => standsIn(word, [span]));
    const [first] = some;
    const last = some.at(-1);
    if (first === undefined || last === undefined) return [];
    const confidence = some.reduce((sum, { probability }) => sum + probability, 0) / some.length;
    return [
      {
        ...segment,
        start: first.start,
        end: last.end,
        text: textOf(some),
        confidence,
        // Which tokens the words are made of is not known; those of the whole segment would count for words that are not here.
        tokens: [],
        words: some,
      },
    ];
  });
}

function standsIn(word: Word, spans: readonly Span[]): boolean {
  const length = totalLength([word]);
  if (length === 0) return spans.some(({ start, end }) => word.start > start && word.start < end);
  return spans.reduce((sum, span) => sum + overlap(word, span), 0) > length / 2;
}

/** Words carry their own spaces, as Whisper writes them; where none does, they are joined by the script's habit. */
function textOf(some: readonly Word[]): string {
  const written = some.map(({ word }) => word);
  return written.some((word) => /^\s/.test(word)) ? written.join('').trim() : joinPieces(written, 'ja');
}
