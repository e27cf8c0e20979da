import type { ShortlistWidth } from './shortlist.js';

/** Sentences are about to be translated into a language: with the whole vocabulary, or with a list. */
export interface OptimizeStep {
  readonly language: string;
  readonly sentences: number;
  /** Null for the whole vocabulary. */
  readonly width: ShortlistWidth | null;
}

/** A list that was tried. */
export interface ShortlistTrial {
  readonly width: ShortlistWidth;
  readonly tokens: number;
  /** Sentences that were compared; 0 for a list so wide that it was not tried. */
  readonly sentences: number;
  /** Of those, with the same tokens as with the whole vocabulary. */
  readonly same: number;
  /** How many times as fast the translation was. */
  readonly speed: number;
}

export interface OptimizedLanguage {
  readonly language: string;
  /** Whether the last trial's list is used from now on: at least 99.5 % of the sentences came out the same. */
  readonly kept: boolean;
  /** The narrowest first. */
  readonly trials: readonly ShortlistTrial[];
}

/** What `optimizeModel` did. */
export interface OptimizedModel {
  readonly model: string;
  /** File of the model's lists; null when it has none. */
  readonly path: string | null;
  /** Tokens of the whole target vocabulary. */
  readonly vocabulary: number;
  readonly from: string;
  readonly beamSize: number;
  /** Where the sentences came from. */
  readonly sample: 'given' | 'memory' | 'built-in' | 'memory and built-in';
  readonly languages: readonly OptimizedLanguage[];
}
