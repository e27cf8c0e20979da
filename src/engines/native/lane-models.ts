import { readFileSync } from 'node:fs';
import { VoiceLinguaError } from '../../domain/errors.js';
import { parseShortlists, shortlistKey } from '../../domain/shortlist.js';
import type {
  ModelHandle,
  NativeBinding,
  RecognizerHandle,
  TokenizerHandle,
  TranslatorHandle,
} from '../../native/binding.js';
import { isFolder, TOKENIZER_FILES, tokenizerFile, tokenizerPair } from './model-files.js';
import { readTranslationFolder } from './translation-folder.js';
import type { TranslationFamily } from './translation-protocol.js';

/** Which weights to use, and how. */
export interface ModelRef {
  readonly path: string;
  readonly device: 'cpu' | 'cuda';
  readonly deviceIndex: number;
  readonly computeType: string;
  /** SentencePiece file, folder with one or two, `characters` or `whitespace`; null to look for one beside the model. */
  readonly tokenizer: string | null;
}

/** A list of tokens that translations are kept to. */
export interface ShortlistRef {
  readonly path: string;
  /** Of the text of the file, which must not change while it is used. */
  readonly key: string;
  /** Language under which the list stands in the file. */
  readonly language: string;
}

/** Turns a text into pieces and back. */
export interface TextTokenizer {
  encode(texts: readonly string[]): string[][];
  /** As {@link encode}, for texts of the target language, where the model has a vocabulary of its own for them. */
  encodeTarget(texts: readonly string[]): string[][];
  decode(pieces: ReadonlyArray<readonly string[]>): string[];
  close(): void;
}

/** One name for each set of weights and way of using them. */
export function modelName(ref: ModelRef): string {
  return JSON.stringify(ref);
}

export interface LaneTranslator {
  readonly handle: TranslatorHandle;
  readonly family: TranslationFamily;
  /** The token that stands for each language that has one. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly tokenizer: TextTokenizer;
  /** Names of the shortlists that it has been given. */
  readonly shortlists: Set<string>;
}

/** The recognizers and translators of one lane; weights behind them are shared by the whole process. */
export class LaneModels {
  readonly #native: NativeBinding;
  readonly #recognizers = new Map<string, RecognizerHandle>();
  readonly #translators = new Map<string, LaneTranslator>();

  constructor(native: NativeBinding) {
    this.#native = native;
  }

  recognizer(ref: ModelRef): RecognizerHandle {
    return cached(this.#recognizers, ref, () => this.#withModel(ref, (model) => this.#native.openRecognizer(model)));
  }

  translator(ref: ModelRef): LaneTranslator {
    return cached(this.#translators, ref, () =>
      this.#withModel(ref, (model) => {
        const { family, tokens } = readTranslationFolder(ref.path, ref.tokenizer);
        // First, so that a model of another kind is not told to lack a tokenizer.
        const handle = this.#native.openTranslator(model);
        try {
          return { handle, family, tokens, tokenizer: this.#tokenizer(ref, family), shortlists: new Set() };
        } catch (error) {
          this.#native.close(handle);
          throw error;
        }
      }),
    );
  }

  /** The name under which a translator has a shortlist; it is read the first time. */
  shortlist({ handle, shortlists }: LaneTranslator, { path, key, language }: ShortlistRef): string {
    const name = `${key} ${language}`;
    if (shortlists.has(name)) return name;
    const text = readShortlists(path);
    const list = shortlistKey(text) === key ? parseShortlists(text, path).lists.get(language) : undefined;
    if (list === undefined) {
      throw new VoiceLinguaError(
        'MODEL_INVALID',
        `The shortlist file ${path} was changed while it was in use. Run it again.`,
        { details: { path } },
      );
    }
    this.#native.setShortlist(handle, name, Int32Array.from(list.ids));
    shortlists.add(name);
    return name;
  }

  /** Target tokens of a model, in the order of ids. */
  vocabulary(ref: ModelRef): string[] {
    return this.#withModel(ref, (model) => this.#native.targetVocabulary(model));
  }

  /** Lets go of what was opened under a {@link modelName}; the weights go when the last lane has. */
  drop(name: string): void {
    const recognizer = this.#recognizers.get(name);
    if (recognizer !== undefined) this.#native.close(recognizer);
    this.#recognizers.delete(name);
    const translator = this.#translators.get(name);
    if (translator !== undefined) {
      this.#native.close(translator.handle);
      translator.tokenizer.close();
    }
    this.#translators.delete(name);
    this.#native.trimMemory();
  }

  /** The recognizer or translator keeps the weights alive; the model's own handle is not needed after it. */
  #withModel<T>(ref: ModelRef, use: (model: ModelHandle) => T): T {
    const { path, device, deviceIndex, computeType } = ref;
    const model = this.#native.openModel(path, { device, deviceIndex, computeType });
    try {
      return use(model);
    } finally {
      this.#native.close(model);
    }
  }

  #tokenizer(ref: ModelRef, family: TranslationFamily): TextTokenizer {
    if (ref.tokenizer === 'characters') return CHARACTERS;
    if (ref.tokenizer === 'whitespace') return WHITESPACE;
    const place = ref.tokenizer ?? ref.path;
    if (ref.tokenizer !== null && !isFolder(place)) return this.#sentencePiece(place, place);
    const pair = family === 'marian' ? (tokenizerPair(place) ?? tokenizerPair(ref.path)) : null;
    if (pair !== null) return this.#sentencePiece(pair.source, pair.target);
    const file = tokenizerFile(place);
    if (file === undefined) {
      throw new VoiceLinguaError(
        'MODEL_INVALID',
        `${place} has no tokenizer (${TOKENIZER_FILES.join(', ')}). Put one there, or name one with the tokenizer option, or behind the model (MODEL+tokenizer=FILE): a SentencePiece file, a folder that has one, "characters" or "whitespace".`,
        { details: { path: place } },
      );
    }
    return this.#sentencePiece(file, file);
  }

  #sentencePiece(source: string, target: string): TextTokenizer {
    const native = this.#native;
    const encoder: TokenizerHandle = native.openTokenizer(source);
    const decoder = target === source ? encoder : native.openTokenizer(target);
    return {
      encode: (texts) => native.tokenize(encoder, texts),
      encodeTarget: (texts) => native.tokenize(decoder, texts),
      decode: (pieces) => native.detokenize(decoder, pieces),
      close: () => {
        native.close(encoder);
        native.close(decoder);
      },
    };
  }
}

const toCharacters = (texts: readonly string[]): string[][] => texts.map((text) => Array.from(text));
const CHARACTERS: TextTokenizer = {
  encode: toCharacters,
  encodeTarget: toCharacters,
  decode: (rows) => rows.map((pieces) => pieces.join('')),
  close: () => undefined,
};

const toWords = (texts: readonly string[]): string[][] =>
  texts.map((text) => text.split(/\s+/u).filter((word) => word !== ''));
const WHITESPACE: TextTokenizer = {
  encode: toWords,
  encodeTarget: toWords,
  decode: (rows) => rows.map((pieces) => pieces.join(' ')),
  close: () => undefined,
};

function readShortlists(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new VoiceLinguaError(
      'MODEL_NOT_FOUND',
      `The shortlist file ${path} cannot be read: ${(cause as Error).message}. Run it again, or do without (--shortlist off).`,
      { details: { path }, cause },
    );
  }
}

function cached<T>(map: Map<string, T>, ref: ModelRef, open: () => T): T {
  const key = modelName(ref);
  let value = map.get(key);
  if (value === undefined) {
    value = open();
    map.set(key, value);
  }
  return value;
}
