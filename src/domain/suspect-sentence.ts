/** A sentence whose translation may be wrong, after all that was tried. */
export interface SuspectSentence {
  readonly sentence: string;
  readonly translation: string;
  /** What speaks against it, surest first: `check: detail`, joined by `; `. */
  readonly reason: string;
}
