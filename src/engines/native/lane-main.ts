/** Entry of a lane's worker thread: blocking native calls behind the pool's protocol. */
import { workerData } from 'node:worker_threads';
import { assess } from '../../domain/accuracy.js';
import type { HeardToken } from '../../domain/edits.js';
import { VoiceLinguaError } from '../../domain/errors.js';
import { engineLanguage } from '../../domain/language.js';
import type { CancelToken, NativeTranslateOptions } from '../../native/binding.js';
import { loadNative } from '../../native/load.js';
import { serveLane } from '../../pool/lane-server.js';
import type { TranslatedText, TranslationItem } from '../ports.js';
import { inScriptOf, scriptConverter } from '../text/chinese-script.js';
import { faultsOf } from './faults.js';
import { LaneModels, type ModelRef, type ShortlistRef } from './lane-models.js';
import { type LaneRecognizeParams, recognizeRows } from './lane-recognition.js';
import { lostWithItsHost } from './recordings.js';
import type { TokenizedText, TranslateParams } from './translation-batch.js';
import { readTranslationFolder, type TranslatorFacts } from './translation-folder.js';
import { scoreToConfidence, unwrapTokens, wrapTokens } from './translation-protocol.js';
import { WindowSource, type WindowSourceOptions } from './window-source.js';

interface LaneData {
  readonly device: 'cpu' | 'cuda';
}

const native = loadNative({ device: (workerData as LaneData).device });
const models = new LaneModels(native);
/** Recordings by the number that their host gave them. */
const sources = new Map<number, WindowSource>();
const faults = faultsOf(process.env, native);

function source(id: number): WindowSource {
  const found = sources.get(id);
  // The host asks for what it has opened: another thread was in the place of this one then.
  if (found === undefined) throw lostWithItsHost('recording');
  return found;
}

interface LaneAlignParams {
  readonly model: ModelRef;
  readonly samples: number;
  readonly text: string;
  readonly language: string;
  readonly threads: number;
  readonly token: CancelToken;
}

interface LaneTranslateParams extends TranslateParams {
  readonly token: CancelToken;
}

async function translate(params: LaneTranslateParams): Promise<TranslatedText[]> {
  const { model, items, options, shortlist, tokens, token } = params;
  const results = new Array<TranslatedText>(items.length);
  const rest: number[] = [];
  for (const [index, { text, source: from, target }] of items.entries()) {
    if (engineLanguage(from) === engineLanguage(target)) {
      results[index] = { text: await rewritten(text, from, target), confidence: 1 };
    } else rest.push(index);
  }
  if (rest.length === 0) return results;
  const texts = translateRows(
    model,
    rest.map((index) => items[index] as TranslationItem),
    options,
    shortlist,
    token,
  );
  for (const [position, index] of rest.entries()) {
    const { text, confidence, tokens: said } = texts[position] as TokenizedText;
    const written = await inScriptOf((items[index] as TranslationItem).target, text);
    results[index] = { text: written, confidence, ...(tokens ? { tokens: said } : {}) };
  }
  return results;
}

/** From one Chinese script to the other; a text that stays in its language stays as it is. */
async function rewritten(text: string, from: string, target: string): Promise<string> {
  if (from === target) return text;
  return (await scriptConverter(target === 'zh-tw' ? 's2twp' : 'tw2sp'))(text);
}

function translateRows(
  model: ModelRef,
  items: readonly TranslationItem[],
  options: NativeTranslateOptions,
  shortlist: ShortlistRef | null,
  token: CancelToken,
): TokenizedText[] {
  const translator = models.translator(model);
  const shortlists = shortlist === null ? [] : [models.shortlist(translator, shortlist)];
  const pieces = translator.tokenizer.encode(items.map((item) => item.text));
  const rows = items.map((item, index) =>
    wrapTokens(translator.family, pieces[index] as string[], item.source, item.target, translator.tokens),
  );
  const answers = native.translate(
    translator.handle,
    rows.map((row) => row.source),
    rows.map((row) => row.prefix),
    { ...options, shortlists },
    token,
  );
  const best = answers.map((answer, index) =>
    unwrapTokens(rows[index] as (typeof rows)[0], answer.hypotheses[0] ?? []),
  );
  const texts = translator.tokenizer.decode(best);
  return texts.map((text, index) => ({
    text,
    confidence: scoreToConfidence(
      answers[index]?.scores[0] ?? Number.NEGATIVE_INFINITY,
      (best[index] as string[]).length,
      options.lengthPenalty,
    ),
    tokens: best[index] as string[],
  }));
}

const handlers = {
  assess: ({ transcript, reference, heard }: { transcript: string; reference: string; heard?: HeardToken[] }) =>
    assess(transcript, reference, heard),
  inspectModel: ({ path }: { path: string }) => native.inspectModel(path),
  dropModel: ({ name }: { name: string }) => models.drop(name),

  recognize: (params: LaneRecognizeParams, onProgress: (fraction: number) => void) =>
    recognizeRows(native, models, params, onProgress),
  detectLanguage: ({
    model,
    samples,
    threads,
    token,
  }: {
    model: ModelRef;
    samples: number;
    threads: number;
    token: CancelToken;
  }) => {
    const [languages] = native.detectLanguage(models.recognizer(model), [samples], threads, token);
    const best = languages?.[0];
    if (best === undefined) throw new VoiceLinguaError('ENGINE_FAILED', 'The model gave no language.');
    return best;
  },
  align: ({ model, samples, text, language, threads, token }: LaneAlignParams) => {
    const [found] = native.align(models.recognizer(model), [{ samples, text, language }], threads, token);
    if (found === undefined) throw new VoiceLinguaError('ENGINE_FAILED', 'The model aligned nothing.');
    return { words: found.words, avg_logprob: found.averageLogprob };
  },

  // From the folder's small files: what a model can do is asked of many, its weights are loaded to translate.
  translatorInfo: ({ path, tokenizer }: Pick<ModelRef, 'path' | 'tokenizer'>): TranslatorFacts => {
    const { family, reads, writes } = readTranslationFolder(path, tokenizer);
    return { family, reads, writes };
  },
  /** Tokens that texts of a target language consist of, each once. */
  targetTokens: ({ model, texts }: { model: ModelRef; texts: readonly string[] }) => [
    ...new Set(models.translator(model).tokenizer.encodeTarget(texts).flat()),
  ],
  targetVocabulary: ({ model }: { model: ModelRef }) => models.vocabulary(model),
  translate,

  openSource: async ({ id, path, options }: { id: number; path: string; options: WindowSourceOptions }) => {
    const opened = await WindowSource.open(native, path, options);
    sources.set(id, opened);
    return opened.info;
  },
  nextWindow: ({ id, token }: { id: number; token: CancelToken }) => source(id).next(token),
  sourceSummary: ({ id }: { id: number }) => source(id).summary(),
  closeSource: ({ id }: { id: number }) => {
    sources.get(id)?.close();
    sources.delete(id);
  },
};

serveLane(handlers, {
  before: (request) => {
    if (request.mark !== undefined) native.markCall(request.mark);
    faults?.strike(request);
  },
  after: () => native.markCall(0),
});
