import { VoiceLinguaError } from '../../domain/errors.js';
import { engineLanguage } from '../../domain/language.js';

/** How a translation model expects its tokens; see CTranslate2's Transformers guide. */
export type TranslationFamily = 'm2m100' | 'nllb' | 'marian' | 'plain';

/** Tokens of one row of a batch. */
export interface TokenRow {
  readonly source: string[];
  /** Empty for none. */
  readonly prefix: string[];
}

/** The hundred languages of M2M100 (Fan et al. 2020, table 1), ISO codes as in its vocabulary. */
export const M2M100_LANGUAGES: readonly string[] =
  'af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh zu'.split(
    ' ',
  );
const M2M100 = new Set(M2M100_LANGUAGES);

/** How each family writes a language as a token; the code is the first group. */
const LANGUAGE_TOKEN: Readonly<Record<TranslationFamily, RegExp | null>> = {
  m2m100: /^__([a-z]{2,3})__$/,
  nllb: /^([a-z]{3})_[A-Z][a-z]{3}$/,
  marian: /^>>([a-z]{2,3})(?:_[A-Za-z]{2,8})*<<$/,
  plain: null,
};

/** Of several ways to write Chinese the one that is ours; of other languages the first that the vocabulary has. */
const SIMPLIFIED = /_Hans\b/;

/** The language of each token of a vocabulary that is one, in the project's code, with the token that stands for it. */
export function languagesByToken(family: TranslationFamily, vocabulary: readonly string[]): Map<string, string> {
  const tokens = new Map<string, string>();
  const pattern = LANGUAGE_TOKEN[family];
  if (pattern === null) return tokens;
  for (const token of vocabulary) {
    const code = pattern.exec(token)?.[1];
    if (code === undefined || (family === 'm2m100' && !M2M100.has(code))) continue;
    const language = family === 'm2m100' ? code : canonical(code);
    const known = tokens.get(language);
    const better = language === 'zh' && SIMPLIFIED.test(token) && known !== undefined && !SIMPLIFIED.test(known);
    if (known === undefined || better) tokens.set(language, token);
  }
  // M2M100 calls Norwegian by its macrolanguage, others by its written form.
  const bokmal = tokens.get('nb');
  if (bokmal !== undefined && !tokens.has('no')) tokens.set('no', bokmal);
  return tokens;
}

let names: Intl.DisplayNames | null = null;

/** The project's code for one that a model's name has, in two letters or three; null for a family of languages, or none at all. */
export function languageOfCode(code: string): string | null {
  const lower = code.toLowerCase();
  if (!/^[a-z]{2,3}$/.test(lower) || lower === 'mul' || lower === 'und') return null;
  names ??= new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  return names.of(lower) === undefined ? null : canonical(lower);
}

/** Two letters where a language has them, and one name for what has several (`cmn`, `zho`, `zh`). */
function canonical(code: string): string {
  const [language = code] = (Intl.getCanonicalLocales(code)[0] ?? code).split('-');
  // Filipino is Tagalog's standard form; models and users say `tl`.
  return language === 'fil' ? 'tl' : language;
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

/**
 * Pieces of one sentence, wrapped as the family was trained.
 * @param tokens the model's token for each language, as {@link languagesByToken} gives them
 * @throws {VoiceLinguaError} `UNSUPPORTED_LANGUAGE` for a language that the model needs a token for and has none
 */
export function wrapTokens(
  family: TranslationFamily,
  text: readonly string[],
  from: string,
  to: string,
  tokens: ReadonlyMap<string, string>,
): TokenRow {
  const pieces = plainPieces(family, text);
  const token = (language: string): string => {
    const known = tokens.get(engineLanguage(language));
    if (known !== undefined) return known;
    throw new VoiceLinguaError(
      'UNSUPPORTED_LANGUAGE',
      `The translation model does not know "${language}". It knows ${[...tokens.keys()].sort().join(', ')}.`,
      { details: { language } },
    );
  };
  switch (family) {
    case 'm2m100':
    case 'nllb':
      return {
        source: [token(from), ...pieces, '</s>'],
        prefix: [token(to)],
      };
    case 'marian':
      // Models of several targets are told which one in front of the text.
      return { source: [...(tokens.size === 0 ? [] : [token(to)]), ...pieces, '</s>'], prefix: [] };
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
