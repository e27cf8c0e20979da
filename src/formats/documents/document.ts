import type { DocumentFormatName } from '../../domain/document-format.js';
import type { Unit } from '../../domain/unit.js';

/** When a cue of subtitles is seen, seconds. */
export interface CueTime {
  readonly start: number;
  readonly end: number;
}

/** A document taken apart into the texts to translate, and the way back. */
export interface ReadDocument {
  /** In the order of the document; ids count from 1. */
  readonly units: readonly Unit[];
  /** Of subtitles the time of each unit: their sentences may go on in the next unit. */
  readonly times?: readonly CueTime[];
  /**
   * The document with its texts replaced, everything else as it was to the character.
   * @param translations by unit id; a unit that is not among them, or whose text did not change, stays as it was
   */
  write(translations: ReadonlyMap<string, string>): string;
}

/** A kind of document that is read for translation and written again. */
export interface DocumentFormat {
  readonly name: DocumentFormatName;
  /** Endings of its files, lower case, without the stop. */
  readonly extensions: readonly string[];
  /**
   * @param text the whole file, decoded
   * @throws {VoiceLinguaError} `INPUT_CORRUPT` when it is no document of this kind
   */
  read(text: string): Promise<ReadDocument>;
}

/** A stretch of a document that a text takes the place of; offsets in code units. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text with stretches of it replaced, which are in order and do not overlap. */
export function replaced(text: string, replacements: readonly Replacement[], from = 0, to = text.length): string {
  let result = '';
  let at = from;
  for (const { start, end, text: by } of replacements) {
    result += text.slice(at, start) + by;
    at = end;
  }
  return result + text.slice(at, to);
}
