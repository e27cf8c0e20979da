/**
 * Model of entries that people made or corrected (imports). Such an entry answers for every model and all options, and before
 * what any model made; there is one for each text and pair of languages.
 */
export const IMPORTED_MODEL = 'imported';

/** Longest text of an entry, UTF-16 units; sentences are far shorter. */
export const MAX_MEMORY_TEXT = 16_384;

/** What a translated sentence was made from; equal keys give equal translations. */
export interface MemoryKey {
  /** The sentence, exactly as it is translated. */
  readonly text: string;
  /** Code of the language of `text`. */
  readonly source: string;
  /** Code of the language that it is brought into. */
  readonly target: string;
  /** Which model and which version of it; {@link IMPORTED_MODEL} for entries that no model made. */
  readonly model: string;
  /** Fingerprint of all that changes a translation beside the model: decoding options, glossary, protected text. May be empty. */
  readonly options: string;
}

/** A translation to remember. */
export interface NewMemoryEntry extends MemoryKey {
  readonly translation: string;
  /** 0..1; 1 for what people made. */
  readonly confidence: number;
}

/** An entry as the memory holds it. */
export interface MemoryEntry extends NewMemoryEntry {
  /** ISO 8601, when the key was first remembered. */
  readonly createdAt: string;
  /** ISO 8601, when it was last given back or remembered. */
  readonly lastUsedAt: string;
  /** How often it was given back. */
  readonly uses: number;
}

/** What the memory gives for a key. */
export interface RecalledTranslation {
  readonly translation: string;
  readonly confidence: number;
  /** Whether it is an import, and not of the model asked for. */
  readonly imported: boolean;
}
