import { engineLanguage } from '../../domain/language.js';

/** How a translation model expects its tokens; see CTranslate2's Transformers guide. */
export type TranslationFamily = 'm2m100' | 'nllb' | 'marian' | 'plain';

/** Tokens of one row of a batch. */
export interface TokenRow {
  readonly source: string[];
  /** Empty for none. */
  readonly prefix: string[];
}

/** FLORES codes of NLLB for our codes; NLLB alone has Traditional Chinese. */
const NLLB_CODES: Readonly<Record<string, string>> = {
  en: 'eng_Latn',
  zh: 'zho_Hans',
  ja: 'jpn_Jpan',
  ko: 'kor_Hang',
  fr: 'fra_Latn',
  de: 'deu_Latn',
  es: 'spa_Latn',
  it: 'ita_Latn',
  ru: 'rus_Cyrl',
};

/** The hundred languages of M2M100 (Fan et al. 2020, table 1), ISO codes as in its vocabulary. */
export const M2M100_LANGUAGES: readonly string[] =
  'af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh zu'.split(
    ' ',
  );

export function languageToken(family: TranslationFamily, language: string): string | null {
  const code = engineLanguage(language);
  if (family === 'm2m100') return `__${code}__`;
  if (family === 'nllb') return NLLB_CODES[code] ?? null;
  return null;
}

/** Codes of ours that are worth looking for in a model's vocabulary, with the token that stands for each. */
export function languageCandidates(family: 'm2m100' | 'nllb'): Array<{ language: string; token: string }> {
  if (family === 'm2m100') return M2M100_LANGUAGES.map((language) => ({ language, token: `__${language}__` }));
  return Object.entries(NLLB_CODES).map(([language, token]) => ({ language, token }));
}

/** Tokens that mean something else than their characters, by family; those of all families first. */
const CONTROL = /^(?:<\/?s>|<(?:unk|pad|mask|blank)>|<\|[^|]*\|>)$/;
const FAMILY_CONTROL: Readonly<Record<TranslationFamily, RegExp | null>> = {
  m2m100: /^(?:__[a-z]{2,3}__|madeupword[0-9]+)$/,
  nllb: /^[a-z]{3}_[A-Z][a-z]{3}$/,
  marian: /^>>[^<>]+<<$/,
  plain: null,
};

export function isControlToken(family: TranslationFamily, token: string): boolean {
  return CONTROL.test(token) || FAMILY_CONTROL[family]?.test(token) === true;
}

/**
 * Pieces of a text, none of which the model takes for a token of control: a piece that is spelled like one (SentencePiece
 * makes none unless the model defines it as a symbol, splitting at white space does) is given as its characters.
 */
export function plainPieces(family: TranslationFamily, pieces: readonly string[]): string[] {
  return pieces.flatMap((piece) => (isControlToken(family, piece) ? Array.from(piece) : [piece]));
}

/** Pieces of one sentence, wrapped as the family was trained. */
export function wrapTokens(family: TranslationFamily, text: readonly string[], from: string, to: string): TokenRow {
  const pieces = plainPieces(family, text);
  switch (family) {
    case 'm2m100':
    case 'nllb':
      return {
        source: [languageToken(family, from) as string, ...pieces, '</s>'],
        prefix: [languageToken(family, to) as string],
      };
    case 'marian':
      return { source: [...pieces, '</s>'], prefix: [] };
    case 'plain':
      return { source: pieces, prefix: [] };
  }
}

/** The pieces of an answer: without the language token that the engine repeats and without end tokens. */
export function unwrapTokens(row: TokenRow, hypothesis: readonly string[]): string[] {
  const start = row.prefix.length > 0 && hypothesis[0] === row.prefix[0] ? 1 : 0;
  return hypothesis.slice(start).filter((token) => token !== '</s>' && token !== '<pad>');
}

/**
 * The probability of an average token, 0..1, from a CTranslate2 score: the sum of log-probabilities divided by
 * length to the power of `lengthPenalty` (length with the end token).
 */
export function scoreToConfidence(score: number, tokens: number, lengthPenalty: number): number {
  const length = tokens + 1;
  const mean = (score * length ** lengthPenalty) / length;
  return Math.min(1, Math.max(0, Math.exp(mean)));
}
