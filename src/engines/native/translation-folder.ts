import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { VoiceLinguaError } from '../../domain/errors.js';
import { withTraditional } from '../../domain/language.js';
import { tokenizerPair } from './model-files.js';
import { languageOfCode, languagesByToken, type TranslationFamily } from './translation-protocol.js';

/** What a CTranslate2 folder tells of itself without its weights. */
export interface TranslationFolder {
  readonly family: TranslationFamily;
  /** The token that stands for each language that has one. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Languages that it reads and writes, codes of the project; null where nothing tells. */
  readonly reads: readonly string[] | null;
  readonly writes: readonly string[] | null;
}

/** What the method `translatorInfo` of a host answers. */
export type TranslatorFacts = Omit<TranslationFolder, 'tokens'>;

type NamedPair = Pick<TranslationFolder, 'reads' | 'writes'>;

/** A vocabulary of 256,000 tokens, NLLB's, has 5 MB. */
const LARGEST_VOCABULARY = 64 * 2 ** 20;
const LARGEST_CONFIG = 2 ** 20;
/** How many folders above may carry the model's name: a hub's cache has two of its own below it. */
const NAMES_ABOVE = 2;

/**
 * Family and languages of a translation model, from its vocabulary, the tokenizer's settings and the folder's name.
 * @param tokenizer where its tokenizer is, when that is another place
 * @throws {VoiceLinguaError} `MODEL_INVALID` for a vocabulary that cannot be read
 */
export function readTranslationFolder(path: string, tokenizer: string | null = null): TranslationFolder {
  const vocabularies = ['shared_vocabulary', 'source_vocabulary', 'target_vocabulary'].map((stem) =>
    readVocabulary(path, stem),
  );
  const [shared, source, target] = vocabularies;
  for (const family of ['m2m100', 'nllb'] as const) {
    const tokens = languagesByToken(family, target ?? shared ?? []);
    if (tokens.size >= 2) return both(family, tokens);
  }
  const pair = pairOfTokenizer(path) ?? pairOfName(path);
  const marian = tokenizerPair(path) !== null || (tokenizer !== null && tokenizerPair(tokenizer) !== null);
  // What is to be written stands in front of what is read, so it is in the vocabulary of the source.
  const tokens = marian ? languagesByToken('marian', source ?? shared ?? []) : new Map<string, string>();
  const told = withTraditional([...tokens.keys()]);
  const named = pair?.writes ?? null;
  const writes = named === null ? told : named.filter((language) => told.includes(language));
  return writes.length === 0
    ? { family: marian ? 'marian' : 'plain', tokens: new Map(), reads: pair?.reads ?? null, writes: named }
    : { family: 'marian', tokens, reads: pair?.reads ?? null, writes };
}

function both(family: TranslationFamily, tokens: ReadonlyMap<string, string>): TranslationFolder {
  const languages = withTraditional([...tokens.keys()]);
  return { family, tokens, reads: languages, writes: languages };
}

/** Tokens of a vocabulary; undefined where there is none under this name. CTranslate2 takes JSON before text, too. */
function readVocabulary(folder: string, stem: string): readonly string[] | undefined {
  const json = join(folder, `${stem}.json`);
  const path = existsSync(json) ? json : join(folder, `${stem}.txt`);
  if (!existsSync(path)) return undefined;
  const invalid = (reason: string): VoiceLinguaError =>
    new VoiceLinguaError('MODEL_INVALID', `${path} is no vocabulary: ${reason}. Download or convert the model again.`, {
      details: { path },
    });
  const text = readSmall(path, LARGEST_VOCABULARY);
  if (text === null) throw invalid('it is too large or cannot be read');
  if (path.endsWith('.txt')) return text.split(/\r?\n/);
  let tokens: unknown;
  try {
    tokens = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!Array.isArray(tokens)) throw invalid('it holds no list of tokens');
  return tokens.filter((token): token is string => typeof token === 'string');
}

/** What Marian's tokenizer was saved with: `{ "source_lang": "eng", "target_lang": "deu" }`. */
function pairOfTokenizer(folder: string): NamedPair | null {
  const text = readSmall(join(folder, 'tokenizer_config.json'), LARGEST_CONFIG);
  if (text === null) return null;
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return null;
  }
  const { source_lang: source, target_lang: target } = (config ?? {}) as Readonly<Record<string, unknown>>;
  return typeof source === 'string' && typeof target === 'string' ? pairOf(source, target) : null;
}

/** A side of a name: one language, or several joined by `_` or `+`. */
const SIDE = '[a-z]{2,3}(?:[_+][a-z]{2,3})*';
const OPUS_NAME = new RegExp(
  `(?:^|[^a-z])opus-mt-(?:tc-(?:bible-)?(?:big|base|small|tiny)-)?(${SIDE})-(${SIDE})(?![a-z+])`,
  'i',
);
const PAIR_NAME = new RegExp(`^(${SIDE})-(${SIDE})$`, 'i');

/** `opus-mt-en-de`, with whatever stands around it, of the folder or of one above it; or a folder that is called `en-de`. */
function pairOfName(folder: string): NamedPair | null {
  let at = folder;
  for (let above = 0; above <= NAMES_ABOVE; above++) {
    const found = OPUS_NAME.exec(basename(at)) ?? (above === 0 ? PAIR_NAME.exec(basename(at)) : null);
    if (found !== null) return pairOf(found[1] as string, found[2] as string);
    at = dirname(at);
  }
  return null;
}

/** Null where neither side names a language; a family of languages (`gmw`, `mul`) is none. */
function pairOf(source: string, target: string): NamedPair | null {
  const side = (text: string): readonly string[] | null => {
    const languages = text.split(/[_+]/).flatMap((code) => languageOfCode(code) ?? []);
    return languages.length === 0 ? null : withTraditional(languages);
  };
  const pair = { reads: side(source), writes: side(target) };
  return pair.reads === null && pair.writes === null ? null : pair;
}

function readSmall(path: string, most: number): string | null {
  try {
    return statSync(path).size > most ? null : readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
