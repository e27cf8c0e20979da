import type { TranslatedUnit, Unit } from './domain/unit.js';
import { cueText } from './formats/documents/cue-text.js';
import type { CueTime } from './formats/documents/document.js';
import { splitUnit } from './stages/translate/sentences.js';
import { alignSegments } from './stages/translate/translated-segments.js';

/** The sentences of subtitles as units to translate, and the way back into the cues. */
export interface CueSentences {
  readonly units: readonly Unit[];
  /** What stands in each cue, by its unit's id, when the sentences are translated as given. */
  cuesOf(translated: readonly TranslatedUnit[], language: string): Map<string, string>;
}

/**
 * A sentence that goes over several cues is one unit, and its translation is shared out among them: no text stands more than
 * one cue away from its place.
 */
export function cueSentences(cues: readonly Unit[], times: readonly CueTime[], language: string): CueSentences {
  const joined = cueText(cues, times);
  const { sentences } = splitUnit(joined.text, language);
  const ids = sentences.map((_, index) => String(index + 1));
  return {
    units: sentences.map((text, index) => ({ id: ids[index] as string, text })),
    cuesOf: (translated, target) => {
      const byId = new Map(translated.map((unit) => [unit.id, unit]));
      const known = new Map(sentences.map((text, index) => [text, byId.get(ids[index] as string) ?? { text }]));
      return joined.unitTexts(alignSegments(joined.text, joined.segments, sentences, known, target));
    },
  };
}
