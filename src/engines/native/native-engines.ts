import { VoiceLinguaError } from '../../domain/errors.js';
import { engineLanguage } from '../../domain/language.js';
import { recognitionGatherMs, recognitionRows } from '../../domain/recognition-rows.js';
import type { Segment, WindowPiece, Word } from '../../domain/segment.js';
import type { AudioInfo } from '../../domain/transcript.js';
import { rowsAtOnce } from '../../domain/translation-rows.js';
import { recordingTime } from '../../domain/window-map.js';
import type { ModelInspection, NativeRecognizeOptions, NativeTranslateOptions } from '../../native/binding.js';
import type { Pool, PoolCall } from '../../pool/pool.js';
import type {
  AlignedText,
  AudioSource,
  AudioStream,
  AudioSummary,
  Decoder,
  KeptItems,
  LanguageGuess,
  PcmWindow,
  RecognitionOptions,
  RecognizedWindow,
  Recognizer,
  RecognizerInfo,
  TranslatedText,
  TranslationItem,
  TranslationOptions,
  Translator,
  TranslatorInfo,
  WindowOptions,
} from '../ports.js';
import type { ModelRef, ShortlistRef } from './lane-models.js';
import { isFolder } from './model-files.js';
import type { RecognizeParams } from './recognition-batch.js';
import { messagesOf, type TokenizedText, type TranslateParams } from './translation-batch.js';
import type { TranslatorFacts } from './translation-folder.js';
import { cannotTranslate } from './translation-task.js';
import type { WindowSourceOptions } from './window-source.js';

/** Whose work a call is: calls of one group take turns with other groups, higher priority goes first. */
export interface CallOwner {
  readonly group: string;
  readonly priority: number;
  /** For people: the text id. */
  readonly label?: string;
}

type Runner = Pick<Pool, 'run'>;

/** As in seed 000. */
export const DEFAULT_BEAM_SIZE = 4;

export type DecoderTools = Pick<WindowSourceOptions, 'ffmpeg' | 'detector'>;

export class NativeDecoder implements Decoder {
  readonly #pool: Runner;
  readonly #tools: DecoderTools;
  readonly #owner: CallOwner;

  constructor(pool: Runner, { ffmpeg, detector }: DecoderTools, owner: CallOwner) {
    this.#pool = pool;
    this.#tools = { ffmpeg, detector };
    this.#owner = owner;
  }

  async open(source: AudioSource, options: WindowOptions, signal?: AbortSignal): Promise<AudioStream> {
    if (source.kind !== 'file') {
      throw new VoiceLinguaError(
        'INVALID_ARGUMENT',
        'The native decoder reads files; spool other sources to one first.',
      );
    }
    const { path } = source;
    const { id, info } = await this.#call<{ id: number; info: AudioInfo }>(
      'openSource',
      {
        path,
        options: { ...options, ...this.#tools },
      },
      { signal, facts: { path } },
    );
    const discarded: number[] = [];
    return {
      info,
      nextWindow: () =>
        this.#call<PcmWindow | null>('nextWindow', { id, discard: discarded.splice(0) }, { signal, facts: { path } }),
      discard: ({ window }) => {
        if (window !== 0) discarded.push(window);
      },
      summary: () => this.#call<AudioSummary>('sourceSummary', { id }),
      close: () => this.#call<void>('closeSource', { id }, { tidying: true }),
    };
  }

  #call<T>(method: string, params: Record<string, unknown>, more: Partial<PoolCall> = {}): Promise<T> {
    return this.#pool.run<T>({ method, params, ...more, ...this.#owner });
  }
}

export class NativeRecognizer implements Recognizer {
  #inspection: Promise<ModelInspection> | null = null;
  readonly #pool: Runner;
  readonly #model: ModelRef;
  readonly #name: string;
  readonly #threads: number;
  readonly #owner: CallOwner;
  readonly align?: NonNullable<Recognizer['align']>;

  constructor(pool: Runner, model: ModelRef, name: string, threads: number, owner: CallOwner) {
    this.#pool = pool;
    this.#model = model;
    this.#name = name;
    this.#threads = threads;
    this.#owner = owner;
    // whisper.cpp aligns only what it has just recognised, no given text.
    if (isFolder(model.path)) {
      this.align = (window, text, language, signal) => this.#align(window, text, language, signal);
    }
  }

  async info(): Promise<RecognizerInfo> {
    const inspection = await this.#inspect();
    if (inspection.format !== 'whisper-ggml' && inspection.format !== 'ct2-whisper') {
      throw new VoiceLinguaError(
        'MODEL_UNSUPPORTED',
        `${this.#model.path} is no speech recognition model (${inspection.format}). Give a Whisper model: a ggml file of whisper.cpp, or a folder of CTranslate2.`,
        { details: { path: this.#model.path, format: inspection.format } },
      );
    }
    return {
      model: this.#name,
      engine: inspection.format === 'whisper-ggml' ? 'whisper.cpp' : 'ctranslate2',
      multilingual: inspection.multilingual,
      languages: inspection.languages,
      cannotTranslate: cannotTranslate(inspection),
    };
  }

  /** Looked at once; a failure is looked at again. */
  #inspect(): Promise<ModelInspection> {
    this.#inspection ??= this.#pool.run<ModelInspection>({
      method: 'inspectModel',
      params: { path: this.#model.path },
      ...this.#owner,
    });
    this.#inspection.catch(() => {
      this.#inspection = null;
    });
    return this.#inspection;
  }

  async recognize(
    window: PcmWindow,
    options: RecognitionOptions,
    signal?: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<RecognizedWindow> {
    const { span, speech, window: number } = window;
    if (!speech) return { segments: [] };
    const native: NativeRecognizeOptions = {
      translate: options.task === 'translate',
      threads: this.#threads,
      beamSize: options.beamSize ?? 5,
      bestOf: options.bestOf ?? 5,
      temperature: options.temperature ?? 0,
      temperatureIncrement: options.temperatureIncrement ?? 0.2,
      patience: options.patience ?? 1,
      lengthPenalty: options.lengthPenalty ?? -1,
      repetitionPenalty: options.repetitionPenalty ?? 1,
      noRepeatNgramSize: options.noRepeatNgramSize ?? 0,
      compressionRatioThreshold: options.compressionRatioThreshold ?? 2.4,
      logprobThreshold: options.logprobThreshold ?? -1,
      noSpeechThreshold: options.noSpeechThreshold ?? 0.6,
      suppressTokens: options.suppressTokens ?? null,
      seed: options.seed ?? 0,
      timestamps: options.timestamps ?? true,
      wordTimestamps: options.wordTimestamps ?? false,
      context: options.context ?? false,
      audioContext: options.audioContext ?? 0,
    };
    const size = await this.#inspect();
    const params: RecognizeParams = {
      model: this.#model,
      window: number,
      language: engineLanguage(options.language),
      script: options.language,
      initialPrompt: options.initialPrompt ?? '',
      hotwords: options.hotwords ?? '',
      options: native,
      rows: recognitionRows(size, this.#model.device, native.audioContext),
      gatherMs: recognitionGatherMs(size, native.audioContext),
    };
    const segments = await this.#pool.run<readonly Segment[]>({
      method: 'recognize',
      params: { ...params },
      signal,
      onProgress,
      facts: { window: span },
      ...this.#owner,
    });
    const pieces = piecesOf(window);
    return { segments: segments.map((segment) => inRecording(segment, pieces)) };
  }

  async #align(window: PcmWindow, text: string, language: string, signal?: AbortSignal): Promise<AlignedText> {
    const found = await this.#pool.run<AlignedText>({
      method: 'align',
      params: {
        model: this.#model,
        window: window.window,
        text,
        language: engineLanguage(language),
        threads: this.#threads,
      },
      signal,
      facts: { window: window.span },
      ...this.#owner,
    });
    return { ...found, words: wordsInRecording(found.words, piecesOf(window)) };
  }

  /** The window stays, to be recognised afterwards. */
  detectLanguage({ window, span }: PcmWindow, signal?: AbortSignal): Promise<LanguageGuess> {
    return this.#pool.run<LanguageGuess>({
      method: 'detectLanguage',
      params: { model: this.#model, window, threads: this.#threads },
      signal,
      facts: { window: span },
      ...this.#owner,
    });
  }
}

/** A translation model as {@link NativeTranslator} is told of it. */
export interface TranslationModel {
  readonly name: string;
  /** Settings that suit it. */
  readonly advice: { readonly beamSize?: number; readonly kept?: KeptItems };
  /** The list of tokens that translations into a language are kept to; null for the whole vocabulary, which is the default. */
  readonly shortlistFor?: (language: string) => ShortlistRef | null;
}

/** What a translation model can do, from its folder's small files; its weights stay where they are. */
export async function translatorInfo(
  pool: Runner,
  { path, tokenizer }: Pick<ModelRef, 'path' | 'tokenizer'>,
  { name, advice }: TranslationModel,
  owner: CallOwner,
): Promise<TranslatorInfo> {
  const call = { method: 'translatorInfo', params: { path, tokenizer }, ...owner };
  const { family, reads, writes } = await pool.run<TranslatorFacts>(call);
  const { kept = 'marks', beamSize = DEFAULT_BEAM_SIZE } = advice;
  if (reads === null || writes === null) return { model: name, family, languages: [], kept, beamSize };
  const languages = [...new Set([...reads, ...writes])];
  return {
    model: name,
    family,
    languages,
    ...(reads.length === languages.length ? {} : { reads }),
    ...(writes.length === languages.length ? {} : { writes }),
    kept,
    beamSize,
  };
}

export class NativeTranslator implements Translator {
  readonly #pool: Runner;
  readonly #model: ModelRef;
  readonly #facts: TranslationModel;
  readonly #beamSize: number;
  readonly #shortlistFor: (language: string) => ShortlistRef | null;
  readonly #threads: number;
  readonly #owner: CallOwner;
  #info: Promise<TranslatorInfo> | null = null;

  constructor(pool: Runner, model: ModelRef, facts: TranslationModel, threads: number, owner: CallOwner) {
    this.#pool = pool;
    this.#model = model;
    this.#facts = facts;
    this.#beamSize = facts.advice.beamSize ?? DEFAULT_BEAM_SIZE;
    this.#shortlistFor = facts.shortlistFor ?? (() => null);
    this.#threads = threads;
    this.#owner = owner;
  }

  /** Looked at once; a failure is looked at again. */
  info(): Promise<TranslatorInfo> {
    this.#info ??= translatorInfo(this.#pool, this.#model, this.#facts, this.#owner);
    this.#info.catch(() => {
      this.#info = null;
    });
    return this.#info;
  }

  translate(
    items: readonly TranslationItem[],
    options: TranslationOptions,
    signal?: AbortSignal,
  ): Promise<TranslatedText[]> {
    return this.#translate(items, options, false, signal);
  }

  /** The same, with the tokens of the target vocabulary that the model said. */
  async translateToTokens(
    items: readonly TranslationItem[],
    options: TranslationOptions,
    signal?: AbortSignal,
  ): Promise<TokenizedText[]> {
    const texts = await this.#translate(items, options, true, signal);
    return texts.map((text) => ({ tokens: [], ...text }));
  }

  async #translate(
    items: readonly TranslationItem[],
    options: TranslationOptions,
    tokens: boolean,
    signal?: AbortSignal,
  ): Promise<TranslatedText[]> {
    const native: NativeTranslateOptions = {
      threads: this.#threads,
      beamSize: options.beamSize ?? this.#beamSize,
      patience: 1,
      lengthPenalty: options.lengthPenalty ?? 1,
      coveragePenalty: 0,
      repetitionPenalty: options.repetitionPenalty ?? 1,
      noRepeatNgramSize: options.noRepeatNgramSize ?? 0,
      maxInputLength: 1024,
      maxDecodingLength: options.maxTokens ?? 256,
      minDecodingLength: 1,
      numHypotheses: 1,
      returnScores: true,
      maxBatchSize: rowsAtOnce(options.beamSize ?? this.#beamSize),
      batchType: 'examples',
      shortlists: [],
    };
    const calls: Array<Promise<void>> = [];
    const results = new Array<TranslatedText>(items.length);
    for (const { rows, shortlist } of this.#messages(items, native.beamSize)) {
      const params: TranslateParams = {
        model: this.#model,
        items: rows.map((row) => items[row] as TranslationItem),
        options: native,
        shortlist,
        tokens,
      };
      const call = this.#pool.run<TranslatedText[]>({
        method: 'translate',
        params: { ...params },
        signal,
        ...this.#owner,
      });
      calls.push(
        call.then((answers) => {
          for (const [position, row] of rows.entries()) results[row] = answers[position] as TranslatedText;
        }),
      );
    }
    await Promise.all(calls);
    return results;
  }

  /** Messages of places of items, those of one shortlist together: the engine computes the tokens of one list at a time. */
  #messages(
    items: readonly TranslationItem[],
    beamSize: number,
  ): Array<{ readonly rows: number[]; readonly shortlist: ShortlistRef | null }> {
    const lists = new Map<string, { readonly shortlist: ShortlistRef | null; readonly places: number[] }>();
    for (const [place, { target }] of items.entries()) {
      const shortlist = this.#shortlistFor(target);
      const name = shortlist?.language ?? '';
      const known = lists.get(name);
      if (known === undefined) lists.set(name, { shortlist, places: [place] });
      else known.places.push(place);
    }
    return [...lists.values()].flatMap(({ shortlist, places }) => {
      const own = places.map((place) => items[place] as TranslationItem);
      const messages = messagesOf(own, beamSize);
      return messages.map((rows) => ({ rows: rows.map((row) => places[row] as number), shortlist }));
    });
  }
}

/** What stands in a window; one without pieces is as it was in the recording. */
function piecesOf({ pieces, span }: PcmWindow): readonly WindowPiece[] {
  return pieces ?? [{ at: 0, start: span.start, end: Number.POSITIVE_INFINITY }];
}

/** Milliseconds are all that times of words are worth. */
function timeIn(pieces: readonly WindowPiece[], seconds: number): number {
  return Math.round(recordingTime(pieces, seconds) * 1000) / 1000;
}

/** A segment of a window with the times of the recording, and nothing that only lanes need. */
function inRecording({ words, ...segment }: Segment, pieces: readonly WindowPiece[]): Segment {
  return {
    ...segment,
    start: timeIn(pieces, segment.start),
    end: timeIn(pieces, segment.end),
    ...(words === undefined ? {} : { words: wordsInRecording(words, pieces) }),
  };
}

function wordsInRecording(words: readonly Word[], pieces: readonly WindowPiece[]): Word[] {
  return words.map(({ word, start, end, probability }) => ({
    word,
    start: timeIn(pieces, start),
    end: timeIn(pieces, end),
    probability,
  }));
}
