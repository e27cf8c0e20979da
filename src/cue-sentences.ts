import type { Segment } from './domain/segment.js';
import type { TranslatedUnit, Unit } from './domain/unit.js';
import { type CueText, cueText } from './formats/documents/cue-text.js';
import type { CueTime } from './formats/documents/document.js';
import { splitUnit } from './stages/translate/sentences.js';
import { alignSegments } from './stages/translate/translated-segments.js';

/** The sentences of subtitles as units to translate, and the way back into the cues. */
export interface CueSentences {
  readonly units: readonly Unit[];
  /** What stands in each cue, by its unit's id, when the sentences are translated as given. */
  cuesOf(translated: readonly TranslatedUnit[], language: string): Map<string, string>;
}

/** A stretch of the text between sentences that is no white space: a number, a dash, dots. */
interface Piece {
  readonly text: string;
  readonly translate: boolean;
}

/**
 * A sentence that goes over several cues is one unit, and its translation is shared out among them: no text stands more than
 * one cue away from its place.
 */
export function cueSentences(cues: readonly Unit[], times: readonly CueTime[], language: string): CueSentences {
  const joined = cueText(cues, times);
  const pieces = piecesOf(joined, splitUnit(joined.text, language).sentences);
  const sentences = pieces.filter(({ translate }) => translate);
  // Of a segment of a recording, sharing out looks at its text alone.
  const segments = joined.segments as readonly Segment[];
  const ids = sentences.map((_, index) => String(index + 1));
  return {
    units: sentences.map(({ text }, index) => ({ id: ids[index] as string, text })),
    cuesOf: (translated, target) => {
      const byId = new Map(translated.map((unit) => [unit.id, unit]));
      const known = new Map(pieces.map(({ text }) => [text, { text, confidence: 1 }]));
      for (const [index, { text }] of sentences.entries()) {
        const found = byId.get(ids[index] as string);
        if (found !== undefined) known.set(text, found);
      }
      const split = { sentences: pieces.map(({ text }) => text), join: () => joined.text };
      return joined.unitTexts(alignSegments(joined.text, segments, split, known, target));
    },
  };
}

/** The sentences of a text with what stands between them, in order; the latter never goes over the end of a segment. */
function piecesOf({ text, segments }: CueText, sentences: readonly string[]): Piece[] {
  const ends: number[] = [];
  let end = 0;
  for (const segment of segments) {
    end = text.indexOf(segment.text, end) + segment.text.length;
    ends.push(end);
  }
  const pieces: Piece[] = [];
  let segment = 0;
  const between = (from: number, to: number): void => {
    let at = from;
    while (at < to) {
      while (segment < ends.length - 1 && (ends[segment] as number) <= at) segment++;
      const stop = Math.min(to, Math.max(at + 1, ends[segment] ?? to));
      const literal = text.slice(at, stop).trim();
      if (literal !== '') pieces.push({ text: literal, translate: false });
      at = stop;
    }
  };
  let at = 0;
  for (const sentence of sentences) {
    const start = text.indexOf(sentence, at);
    between(at, start);
    pieces.push({ text: sentence, translate: true });
    at = start + sentence.length;
  }
  between(at, text.length);
  return pieces;
}
