import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { assess, assessmentCost } from './domain/accuracy.js';
import type { HeardToken } from './domain/edits.js';
import { WINDOWS_A_LANE } from './domain/recognition-rows.js';
import type { TaskRecord } from './domain/task.js';
import type { Accuracy } from './domain/transcript.js';
import { detectsSpeech } from './domain/transcription-options.js';
import { NO_ACCOUNT, type TranslationAccount } from './domain/translation-account.js';
import type { ModelRef, ShortlistRef } from './engines/native/lane-models.js';
import type { HostInfo } from './engines/native/local-host.js';
import { rememberingModels } from './engines/native/model-facts.js';
import { isFolder } from './engines/native/model-files.js';
import { type CallOwner, NativeDecoder, NativeRecognizer, NativeTranslator } from './engines/native/native-engines.js';
import type { Translator } from './engines/ports.js';
import { limitedTo, RoutedTranslator } from './engines/routed-translator.js';
import {
  DEFAULT_MODELS,
  type ResolvedDetector,
  type ResolvedModel,
  resolveDetector,
  resolveModel,
} from './models/registry.js';
import { findShortlists, type StoredShortlists, shortlistFor } from './models/shortlists.js';
import type { Pool } from './pool/pool.js';
import type { StagePorts } from './stages/stage.js';
import { transcriptionOptions } from './stages/transcribe/options.js';
import type { TranslationModel, TranslationModels } from './translation-models.js';

export interface EnginePortsOptions {
  readonly pool: Pool;
  readonly info: HostInfo;
  readonly translation: TranslationModels;
  /** Command for what the native decoder cannot read; null to do without. */
  readonly ffmpeg: string | null;
  /** Whether translations are kept to the tokens of a shortlist where the model has one. Defaults to `auto`. */
  readonly shortlist?: 'auto' | 'off';
}

interface Assessed {
  readonly transcript: string;
  readonly reference: string;
  readonly heard: readonly HeardToken[] | undefined;
}

/** Comparing texts up to this cost takes a few milliseconds; longer ones go to a lane. */
const INLINE_ASSESSMENT_COST = 1e6;

/** The engines as the stages of a task see them, over whichever pool runs them. */
export class EnginePorts {
  readonly #options: EnginePortsOptions;
  readonly #runner: Pick<Pool, 'run'>;
  /** Of tasks in work. */
  readonly #translators = new Map<string, RoutedTranslator>();

  constructor(options: EnginePortsOptions) {
    this.#options = options;
    this.#runner = rememberingModels(options.pool);
  }

  /**
   * The engines for one task.
   * @throws {VoiceLinguaError} `MODEL_NOT_FOUND` for a model that is not there, `PROVIDER_AUTH` for one of a provider without a key
   */
  portsFor(task: TaskRecord): StagePorts {
    const { pool, info, ffmpeg } = this.#options;
    const { threadsPerLane, lanes } = info.budget;
    const owner: CallOwner = { group: task.id, priority: task.priority, label: task.textId };
    const speech = (): ResolvedModel => resolveModel(task.sttModel ?? DEFAULT_MODELS.speech, 'speech');
    const needsSpeech = task.type === 'audio';
    const translation = task.languages.length === 0 ? [] : this.#options.translation.resolve(task.mtModel);
    for (const one of translation) if (one.kind === 'chat') one.service.checkKey();
    const detector = needsSpeech ? detectorOf(task) : null;
    // A pivot goes through English, whatever the task asks for.
    const languages = translation.length > 1 ? [...task.languages, 'en'] : task.languages;
    return {
      decoder: new NativeDecoder(pool, { ffmpeg, detector: detector?.path ?? null }, owner),
      recognizer: () => {
        const model = speech();
        return new NativeRecognizer(this.#runner, this.modelRef(model), model.name, threadsPerLane, owner);
      },
      translator: () => this.#translator(task.id, translation, owner),
      assess: (transcript, reference, signal, heard) => this.#assess({ transcript, reference, heard }, signal, owner),
      modelKeys: {
        speech: needsSpeech ? modelKey(speech()) : '',
        detector: detector === null ? '' : detectorKey(detector),
        translation: translation.map((one) => this.#translationKey(one, languages)).join(','),
      },
      detector: detector?.name ?? null,
      parallel: lanes * (needsSpeech && isFolder(speech().path) ? WINDOWS_A_LANE[info.device] : 1),
    };
  }

  /** Seconds of a recording as its container tells; null when only decoding would. */
  async probe(path: string): Promise<number | null> {
    const { pool, ffmpeg } = this.#options;
    const group = `probe ${randomUUID()}`;
    try {
      const stream = await new NativeDecoder(
        pool,
        { ffmpeg, detector: null },
        { group, priority: 0, label: path },
      ).open({ kind: 'file', path }, {});
      await stream.close();
      return stream.info.duration;
    } finally {
      pool.release(group);
    }
  }

  /** Who translated for a task in work, and what it cost; nothing where one model that is here does all of it. */
  account(taskId: string): TranslationAccount {
    return this.#translators.get(taskId)?.account() ?? NO_ACCOUNT;
  }

  /** The task is over. */
  release(taskId: string): void {
    this.#translators.delete(taskId);
    this.#options.pool.release(taskId);
  }

  #translator(taskId: string, models: readonly TranslationModel[], owner: CallOwner): Translator {
    const known = this.#translators.get(taskId);
    if (known !== undefined) return known;
    const { info } = this.#options;
    const rest: Translator[] = [];
    // From the end: what a chat model does not do goes to those behind it.
    for (const one of [...models].reverse()) {
      const translator =
        one.kind === 'chat'
          ? one.service.translator(one.name, rest.length === 0 ? {} : { fallback: new RoutedTranslator([...rest]) })
          : new NativeTranslator(
              this.#runner,
              this.modelRef(one.model, one.tokenizer),
              { ...one.model, shortlistFor: shortlistsOf(this.#shortlists(one.model)) },
              info.budget.threadsPerLane,
              owner,
            );
      rest.unshift(one.pair === undefined ? translator : limitedTo(translator, one.pair));
    }
    const routed = new RoutedTranslator(rest);
    if (models.length > 1 || models[0]?.kind === 'chat') this.#translators.set(taskId, routed);
    return routed;
  }

  /** How the lanes open a model. */
  modelRef({ path }: ResolvedModel, tokenizer: string | null = null): ModelRef {
    return { path, device: this.#options.info.device, deviceIndex: 0, computeType: 'default', tokenizer };
  }

  /** Changes with all that the model's translations depend on: other lists give other translations, now and then. */
  #translationKey(one: TranslationModel, languages: readonly string[]): string {
    const pair = one.pair === undefined ? '' : `${one.pair.reads.join('_')}-${one.pair.writes.join('_')}=`;
    if (one.kind === 'chat') return `${pair}${one.provider}:${one.service.identity(one.name)}`;
    const shortlists = this.#shortlists(one.model);
    const listed = languages.some((language) => shortlistFor(shortlists, language) !== null);
    const tokenizer = one.tokenizer === null ? '' : `+tokenizer=${one.tokenizer}`;
    return `${pair}${modelKey(one.model)}${tokenizer}${listed ? `:${shortlists?.key}` : ''}`;
  }

  #shortlists({ path }: ResolvedModel): StoredShortlists | null {
    return this.#options.shortlist === 'off' ? null : findShortlists(path);
  }

  #assess(given: Assessed, signal: AbortSignal, owner: CallOwner): Promise<Accuracy> {
    const { transcript, reference, heard } = given;
    if (assessmentCost(transcript, reference) <= INLINE_ASSESSMENT_COST) {
      return Promise.resolve(assess(transcript, reference, heard));
    }
    const call = { method: 'assess', params: { ...given }, signal, ...owner };
    return this.#options.pool.run<Accuracy>(call);
  }
}

function shortlistsOf(stored: StoredShortlists | null): (language: string) => ShortlistRef | null {
  return (language) => {
    const list = shortlistFor(stored, language);
    return stored === null || list === null ? null : { path: stored.path, key: stored.key, language: list.name };
  };
}

/** What tells speech from silence in the task's recording; null where nothing does. */
function detectorOf(task: TaskRecord): ResolvedDetector | null {
  const options = transcriptionOptions(task);
  if (!detectsSpeech(options)) return null;
  const { detection = {} } = options;
  return resolveDetector(detection === false ? undefined : detection.model);
}

/** Changes when the weights do, without reading them. */
function modelKey({ path }: { readonly path: string }): string {
  const { size, mtimeMs } = statSync(path);
  return `${path}:${size}:${Math.round(mtimeMs)}`;
}

function detectorKey({ name, path }: ResolvedDetector): string {
  return path === null ? name : modelKey({ path });
}
