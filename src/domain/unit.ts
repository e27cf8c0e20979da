/** The smallest piece that is translated: a sentence, a subtitle cue, a spreadsheet cell. */
export interface Unit {
  readonly id: string;
  readonly text: string;
}

/** A unit in one target language. */
export interface TranslatedUnit {
  readonly id: string;
  readonly text: string;
  /** 0..1, from the model's token scores and what checks found; 1 where nothing had to be translated. */
  readonly confidence: number;
  /** Why it may be wrong; absent where nothing speaks against it. */
  readonly suspect?: string;
}
