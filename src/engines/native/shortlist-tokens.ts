import type { ShortlistWidth } from '../../domain/shortlist.js';
import { isLatin, scriptsOf } from '../../domain/translation-checks/scripts.js';
import { isControlToken, type TranslationFamily } from './translation-protocol.js';

export interface TokenChoice {
  /** Target vocabulary, in the order of ids. */
  readonly vocabulary: readonly string[];
  readonly family: TranslationFamily;
  /** Code of the language that is translated into. */
  readonly language: string;
  readonly width: ShortlistWidth;
  /** Tokens that occur in texts of the language; what the width `texts` is made of. */
  readonly seen: ReadonlySet<string>;
}

/**
 * Tokens of the language's script that the narrowest list has whether or not the texts have them: the first of the vocabulary, which
 * SentencePiece and the makers of models order by frequency.
 */
const FREQUENT_TOKENS = 4000;
/** A byte of a character that has no token. */
const BYTE = /^<0x[0-9A-F]{2}>$/;
/** SentencePiece's mark of a word's start. */
const WORD_START = /^▁/u;
const LETTER_OF_ASCII = /^[A-Za-z]$/;

/**
 * Ids of the tokens that a translation into the language may consist of, sorted. Always among them: tokens of control, bytes, digits, punctuation
 * and signs, each letter of the script alone, and each of the alphabet from A to Z, so that anything can be spelled.
 * Null for a language whose script is not known.
 */
export function shortlistTokens({ vocabulary, family, language, width, seen }: TokenChoice): number[] | null {
  const scripts = scriptsOf(language);
  if (scripts === null) return null;
  const ofScript = writtenIn(scripts);
  const ofSigns = writtenIn([]);
  const ofLatin = writtenIn(['Latn']);
  const ids: number[] = [];
  let frequent = 0;
  for (const [id, token] of vocabulary.entries()) {
    const text = token.replace(WORD_START, '');
    const fits = ofScript.test(text);
    const always =
      isControlToken(family, token) ||
      BYTE.test(token) ||
      ofSigns.test(text) ||
      LETTER_OF_ASCII.test(text) ||
      (fits && isOneCharacter(text));
    if (always || chosen(token, text, fits)) ids.push(id);
  }
  return ids;

  function chosen(token: string, text: string, fits: boolean): boolean {
    if (width === 'script-and-latin') return fits || ofLatin.test(text);
    if (width === 'script') return fits;
    if (seen.has(token)) return true;
    return fits && ++frequent <= FREQUENT_TOKENS;
  }
}

/** The widths that differ for a language, the narrowest first. */
export function widthsFor(language: string, withTexts: boolean): ShortlistWidth[] {
  const widths: ShortlistWidth[] = withTexts ? ['texts', 'script'] : ['script'];
  return isLatin(language) ? widths : [...widths, 'script-and-latin'];
}

/** Texts of these scripts, and of signs, digits and marks that belong to all. */
function writtenIn(scripts: readonly string[]): RegExp {
  const classes = ['Zyyy', 'Zinh', ...scripts].map((script) => `\\p{scx=${script}}`).join('');
  return new RegExp(`^[${classes}]*$`, 'u');
}

function isOneCharacter(text: string): boolean {
  return text.length > 0 && text.length <= 2 && Array.from(text).length === 1;
}
