import { cueSentences } from './cue-sentences.js';
import type { DocumentFormatName } from './domain/document-format.js';
import type { TranslatedUnit, Unit } from './domain/unit.js';
import { documentFormat } from './formats/documents/registry.js';

/** A document taken apart, wherever that is done. */
export interface DocumentParts {
  /** All that is to be translated, to tell its language from. */
  readonly sample: string;
  /** What is to be translated, from the document's language: sentences of subtitles, else texts. */
  units(language: string): Promise<readonly Unit[]>;
  /** The document with those units translated. */
  written(units: readonly TranslatedUnit[], language: string): Promise<string>;
}

/** @throws {VoiceLinguaError} `INPUT_CORRUPT` when the text is no document of its kind */
export async function documentParts(format: DocumentFormatName, text: string): Promise<DocumentParts> {
  const document = await documentFormat('', format).read(text);
  const { units, times } = document;
  let cues: ReturnType<typeof cueSentences> | null = null;
  return {
    sample: units.map((unit) => unit.text).join('\n'),
    units: async (language) => {
      if (times === undefined) return units;
      cues = cueSentences(units, times, language);
      return cues.units;
    },
    written: async (translated, language) =>
      document.write(cues?.cuesOf(translated, language) ?? new Map(translated.map((unit) => [unit.id, unit.text]))),
  };
}
