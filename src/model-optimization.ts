import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OptimizedLanguage, OptimizedModel, OptimizeOptions, ShortlistTrial } from './api-types.js';
import { VoiceLinguaError } from './domain/errors.js';
import { engineLanguage } from './domain/language.js';
import {
  parseShortlists,
  type Shortlist,
  type ShortlistFile,
  type ShortlistWidth,
  sameEnough,
  shortlistKey,
  shortlistText,
} from './domain/shortlist.js';
import type { EngineRoom } from './engine-room.js';
import type { ModelRef, ShortlistRef } from './engines/native/lane-models.js';
import { type CallOwner, DEFAULT_BEAM_SIZE, NativeTranslator } from './engines/native/native-engines.js';
import { shortlistTokens, widthsFor } from './engines/native/shortlist-tokens.js';
import type { TokenizedText } from './engines/native/translation-batch.js';
import type { TranslatorFacts } from './engines/native/translation-folder.js';
import type { TranslationFamily } from './engines/native/translation-protocol.js';
import { writeFileAtomic } from './formats/write-file.js';
import type { ResolvedModel } from './models/registry.js';
import { modelIdentity, shortlistPath } from './models/shortlists.js';
import type { PoolCall } from './pool/pool.js';
import { type ShortlistSample, shortlistSample } from './shortlist-sample.js';
import type { TaskStore } from './store/task-store.js';

type Options = OptimizeOptions & { readonly model: string; readonly to: readonly string[]; readonly from: string };

/** A language's trials, and the list that came through. */
interface Outcome {
  readonly trials: readonly ShortlistTrial[];
  readonly list: Shortlist | null;
}

/** A pass over the measured sentences. */
interface Pass {
  readonly texts: readonly TokenizedText[];
  readonly seconds: number;
}

/** A list with more of the vocabulary than this saves too little for its copy of the output layer. */
const MOST_OF_VOCABULARY = 0.8;
/** The first sentences of a process are slower. */
const WARM_UP_SENTENCES = 8;
/** Passes that take less than this together, seconds, are run again, and the quickest counts. */
const SHORT_PASSES = 4;
const MOST_ROUNDS = 3;
/** Texts of one message to the lanes. */
const TEXTS_AT_ONCE = 256;

/**
 * Behind `VoiceLingua.optimizeModel`.
 * @throws {VoiceLinguaError} `UNSUPPORTED_LANGUAGE`, `MODEL_*` about the model, `INVALID_ARGUMENT` without sentences to measure on
 */
export async function optimizeModel(given: Options, room: EngineRoom, store: TaskStore): Promise<OptimizedModel> {
  const options = given.signal === undefined ? given : { ...given, signal: forManyCalls(given.signal) };
  const { model, ref } = modelOf(options.model, room);
  const identity = modelIdentity(model.path);
  if (identity === null) {
    throw new VoiceLinguaError(
      'MODEL_UNSUPPORTED',
      `${model.path} is no CTranslate2 folder with a target vocabulary; only such models have shortlists.`,
      { details: { path: model.path } },
    );
  }
  const sample = await shortlistSample(options.sample, options.from, store);
  const folder = await mkdtemp(join(tmpdir(), 'voicelingua-shortlist-'));
  try {
    const bench = await Bench.open({ options, room, model, ref, identity, sample, folder });
    const outcomes = new Map<string, Outcome>();
    for (const language of bench.targets) outcomes.set(language, await bench.optimize(language));
    const lists = new Map([...outcomes].map(([language, { list }]) => [language, list]));
    const path = await keep({ model: model.name, identity, vocabulary: bench.vocabulary.length, lists }, model.path);
    const languages = [...outcomes].map(([language, { trials, list }]): OptimizedLanguage => {
      return { language, kept: list !== null, trials };
    });
    const { beamSize } = bench;
    const vocabulary = bench.vocabulary.length;
    return { model: model.name, path, vocabulary, from: options.from, beamSize, sample: sample.origin, languages };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The one model that is meant. */
function modelOf(reference: string, room: EngineRoom): { readonly model: ResolvedModel; readonly ref: ModelRef } {
  const [one, ...more] = room.translation.resolve(reference);
  if (one?.kind !== 'offline' || more.length > 0) {
    throw new VoiceLinguaError(
      'INVALID_ARGUMENT',
      `optimizeModel: "model" must be one model that is here, not ${JSON.stringify(reference)}: a name or a CTranslate2 folder.`,
    );
  }
  return { model: one.model, ref: room.ports.modelRef(one.model, one.tokenizer) };
}

interface BenchSetting {
  readonly options: Options;
  readonly room: EngineRoom;
  readonly model: ResolvedModel;
  readonly ref: ModelRef;
  readonly identity: string;
  readonly sample: ShortlistSample;
  /** For lists that are only tried. */
  readonly folder: string;
}

/** Makes lists for a model and tries them. */
class Bench {
  readonly vocabulary: readonly string[];
  readonly targets: readonly string[];
  readonly beamSize: number;
  readonly #setting: BenchSetting;
  readonly #owner: CallOwner;
  readonly #family: TranslationFamily;
  /** Lists that were tried. */
  #tried = 0;

  private constructor(
    setting: BenchSetting,
    owner: CallOwner,
    facts: Pick<Bench, 'vocabulary' | 'targets'> & { readonly family: TranslationFamily },
  ) {
    this.#setting = setting;
    this.#owner = owner;
    this.vocabulary = facts.vocabulary;
    this.targets = facts.targets;
    this.#family = facts.family;
    this.beamSize = setting.options.beamSize ?? setting.model.advice.beamSize ?? DEFAULT_BEAM_SIZE;
  }

  static async open(setting: BenchSetting): Promise<Bench> {
    const { options, room, model, ref } = setting;
    const owner: CallOwner = { group: `optimize ${randomUUID()}`, priority: 0, label: model.name };
    const params = { model: ref };
    const { signal } = options;
    const { path, tokenizer } = ref;
    const call = { method: 'translatorInfo', params: { path, tokenizer }, signal, ...owner };
    const { family, reads, writes } = await room.host.run<TranslatorFacts>(call);
    const languages = [...new Set([...(reads ?? []), ...(writes ?? [])])];
    const targets = targetsOf(options, model.name, languages);
    const vocabulary = await room.host.run<string[]>({ method: 'targetVocabulary', params, signal, ...owner });
    return new Bench(setting, owner, { vocabulary, targets, family });
  }

  /** Tries lists for a language, the narrowest first, until one changes next to nothing. */
  async optimize(language: string): Promise<Outcome> {
    const { options, sample } = this.#setting;
    const taught = await this.#taught(language);
    const whole = await this.#whole(language);
    const trials: ShortlistTrial[] = [];
    for (const width of widthsFor(language, taught !== null)) {
      const choice = { vocabulary: this.vocabulary, family: this.#family, language, width, seen: taught ?? new Set() };
      const ids = shortlistTokens(choice);
      if (ids === null || ids.length > MOST_OF_VOCABULARY * this.vocabulary.length) {
        trials.push({ width, tokens: ids?.length ?? this.vocabulary.length, sentences: 0, same: 0, speed: 1 });
        continue;
      }
      options.onProgress?.({ language, sentences: sample.measured.length, width });
      const shortlist = await this.#written(language, width, ids);
      const kept = await this.#pass(sample.measured, language, shortlist);
      const same = kept.texts.filter(({ tokens }, index) => alike(tokens, whole.texts[index]?.tokens ?? [])).length;
      const speed = await this.#speed(language, shortlist, whole.seconds, kept.seconds);
      const effect = { sentences: kept.texts.length, same, speed };
      trials.push({ width, tokens: ids.length, ...effect });
      if (!sameEnough(effect)) continue;
      return { trials, list: { ids, width, effect: { ...effect, beamSize: this.beamSize, source: options.from } } };
    }
    return { trials, list: null };
  }

  /** Tokens that texts of the language have, and translations of the sentences that teach; null without either. */
  async #taught(language: string): Promise<ReadonlySet<string> | null> {
    const { options, room, ref, sample } = this.#setting;
    const texts = Object.entries(options.texts ?? {}).flatMap(([code, list]) =>
      engineLanguage(code) === language ? list : [],
    );
    if (texts.length + sample.teaching.length === 0) return null;
    const tokens = new Set<string>();
    for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
      const call: PoolCall = {
        method: 'targetTokens',
        params: { model: ref, texts: texts.slice(start, start + TEXTS_AT_ONCE) },
        signal: options.signal,
        ...this.#owner,
      };
      for (const token of await room.host.run<string[]>(call)) tokens.add(token);
    }
    if (sample.teaching.length > 0) {
      options.onProgress?.({ language, sentences: sample.teaching.length, width: null });
      const pass = await this.#pass(sample.teaching, language, null);
      for (const text of pass.texts) for (const token of text.tokens) tokens.add(token);
    }
    return tokens;
  }

  /** The measured sentences with the whole vocabulary. */
  async #whole(language: string): Promise<Pass> {
    const { teaching, measured } = this.#setting.sample;
    this.#setting.options.onProgress?.({ language, sentences: measured.length, width: null });
    if (teaching.length === 0) await this.#pass(measured.slice(0, WARM_UP_SENTENCES), language, null);
    return this.#pass(measured, language, null);
  }

  /** How many times as fast the measured sentences are with a list, where a pass of each took so many seconds. */
  async #speed(language: string, shortlist: ShortlistRef, whole: number, kept: number): Promise<number> {
    const { measured } = this.#setting.sample;
    let [quickestWhole, quickestKept] = [whole, kept];
    for (let round = 1; round < MOST_ROUNDS && quickestWhole + quickestKept < SHORT_PASSES; round++) {
      quickestWhole = Math.min(quickestWhole, (await this.#pass(measured, language, null)).seconds);
      quickestKept = Math.min(quickestKept, (await this.#pass(measured, language, shortlist)).seconds);
    }
    return quickestWhole / quickestKept;
  }

  async #pass(sentences: readonly string[], target: string, shortlist: ShortlistRef | null): Promise<Pass> {
    const { options, room, model, ref } = this.#setting;
    const facts = { ...model, shortlistFor: () => shortlist };
    const threads = room.info.budget.threadsPerLane;
    const translator = new NativeTranslator(room.host, ref, facts, threads, this.#owner);
    const items = sentences.map((text) => ({ text, source: options.from, target }));
    const started = performance.now();
    const texts = await translator.translateToTokens(items, { beamSize: this.beamSize }, options.signal);
    return { texts, seconds: (performance.now() - started) / 1000 };
  }

  /** A file with a list that nothing is known of yet. */
  async #written(language: string, width: ShortlistWidth, ids: readonly number[]): Promise<ShortlistRef> {
    const { model, identity, folder, options } = this.#setting;
    const effect = { sentences: 0, same: 0, speed: 1, beamSize: this.beamSize, source: options.from };
    const lists = new Map([[language, { ids, width, effect }]]);
    const text = shortlistText({ model: model.name, identity, vocabulary: this.vocabulary.length, lists });
    const path = join(folder, `${this.#tried++}.json`);
    await writeFile(path, text);
    return { path, key: shortlistKey(text), language };
  }
}

/** A signal that every call of a pass may listen to. */
function forManyCalls(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}

/** The languages to make lists for. */
function targetsOf({ from, to }: Options, model: string, known: readonly string[]): string[] {
  for (const language of [from, ...to]) {
    if (known.length === 0 || known.includes(language)) continue;
    throw new VoiceLinguaError(
      'UNSUPPORTED_LANGUAGE',
      `The translation model ${model} does not know "${language}". It knows ${[...known].sort().join(', ')}.`,
      { details: { language, model } },
    );
  }
  const targets = new Set(to.map(engineLanguage));
  targets.delete(engineLanguage(from));
  if (targets.size > 0) return [...targets];
  throw new VoiceLinguaError(
    'INVALID_ARGUMENT',
    `optimizeModel: "to" must name another language than "${from}", which is that of the sample.`,
  );
}

/**
 * Writes the lists of a model; those that it had for other languages stay, and one that did not come through this time goes. Null when none
 * is left.
 */
async function keep(
  made: Omit<ShortlistFile, 'lists'> & { readonly lists: ReadonlyMap<string, Shortlist | null> },
  modelPath: string,
): Promise<string | null> {
  const path = shortlistPath(modelPath, made.identity);
  const lists = new Map(before(path, made.identity));
  for (const [language, list] of made.lists) {
    if (list === null) lists.delete(language);
    else lists.set(language, list);
  }
  if (lists.size === 0) {
    await rm(path, { force: true });
    return null;
  }
  await writeFileAtomic(path, shortlistText({ ...made, lists }));
  return path;
}

/** What a file that cannot be used held is lost with it. */
function before(path: string, identity: string): ReadonlyMap<string, Shortlist> {
  if (!existsSync(path)) return new Map();
  try {
    const file = parseShortlists(readFileSync(path, 'utf8'), path);
    return file.identity === identity ? file.lists : new Map();
  } catch (error) {
    if (error instanceof VoiceLinguaError) return new Map();
    throw error;
  }
}

function alike(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((token, index) => token === right[index]);
}
