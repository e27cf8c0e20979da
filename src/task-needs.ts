import { estimateTask, type SpeechUse, type TranslationUse } from './admission/memory-estimate.js';
import type { TaskMemory } from './admission/task-memory.js';
import { estimateSeconds } from './admission/time-estimate.js';
import type { TaskSpec } from './domain/task.js';
import type { HostInfo } from './engines/native/local-host.js';
import { translatorInfo } from './engines/native/native-engines.js';
import type { TranslatorInfo } from './engines/ports.js';
import { limitedInfo, modelsFor } from './engines/routed-translator.js';
import { DEFAULT_MODELS, type ResolvedModel, resolveModel } from './models/registry.js';
import { findShortlists, shortlistFor } from './models/shortlists.js';
import type { ModelInspection } from './native/binding.js';
import type { Pool } from './pool/pool.js';
import type { OfflineModel, TranslationModels } from './translation-models.js';

export interface TaskNeedsOptions {
  readonly pool: Pool;
  readonly info: HostInfo;
  readonly translation: TranslationModels;
  readonly isolation: 'process' | 'thread';
  /** Whether shortlists are used. Defaults to `auto`. */
  readonly shortlist?: 'auto' | 'off' | undefined;
}

/** What tasks need of memory and time, from facts of their models, each looked at once. */
export class TaskNeeds {
  readonly #options: TaskNeedsOptions;
  readonly #infos = new Map<string, Promise<TranslatorInfo>>();
  readonly #inspections = new Map<string, Promise<ModelInspection>>();

  constructor(options: TaskNeedsOptions) {
    this.#options = options;
  }

  /** @throws {VoiceLinguaError} what opening one of its models would */
  async of(task: TaskSpec & { readonly audioDuration?: number | null }): Promise<TaskMemory> {
    const { info, isolation } = this.#options;
    return estimateTask({
      speech: task.type === 'audio' ? await this.#speech(task) : null,
      translations: await this.#translations(task),
      audioSeconds: task.audioDuration ?? null,
      lanes: info.budget.lanes,
      isolation,
      fusedAttention: info.fusedAttention,
    });
  }

  /**
   * Seconds that one lane works on a task, about.
   * @param audioSeconds of the recording, or the time that it takes to say the text
   * @param realTimeFactor seconds of work per second of audio that the store has seen; null for none
   */
  async seconds(task: TaskSpec, audioSeconds: number, realTimeFactor: number | null): Promise<number> {
    return estimateSeconds(audioSeconds, {
      realTimeFactor,
      speech: task.type === 'audio' ? await this.#speech(task) : null,
      translation: (await this.#translations(task))[0] ?? null,
    });
  }

  async #speech({ sttModel, options }: TaskSpec): Promise<SpeechUse> {
    const { beamSize, bestOf, strategy } = options as Partial<Pick<SpeechUse, 'beamSize' | 'bestOf' | 'strategy'>>;
    return {
      ...(await this.#use(resolveModel(sttModel ?? DEFAULT_MODELS.speech, 'speech'))),
      beamSize,
      bestOf,
      strategy,
    };
  }

  /** Of the models of the task's list those that it may load, the preferred first; none where chat models do all of it. */
  async #translations(task: TaskSpec): Promise<TranslationUse[]> {
    if (task.languages.length === 0) return [];
    const { languages, options } = task;
    const { beamSize } = (options.translate ?? {}) as { readonly beamSize?: number };
    const models = await this.#mayLoad(task);
    return Promise.all(
      models.map(async ({ model }) => ({
        ...(await this.#use(model)),
        languages: languages.length,
        beamSize: beamSize ?? model.advice.beamSize,
        shortlist: this.#options.shortlist === 'off' ? undefined : largestShortlist(model.path, languages),
      })),
    );
  }

  async #mayLoad({ mtModel, sourceLanguage, languages }: TaskSpec): Promise<readonly OfflineModel[]> {
    const { translation } = this.#options;
    const here = translation.resolve(mtModel).filter((one) => one.kind === 'offline');
    if (here.length < 2) return here;
    const infos = await Promise.all(here.map((one) => this.info(one)));
    // What a recording is in is not known before it is heard.
    const any = sourceLanguage === 'auto';
    const sources = any ? new Set(infos.flatMap(({ reads, languages: all }) => reads ?? all)) : [sourceLanguage];
    const places = new Set<number>();
    for (const source of sources) {
      for (const target of languages) {
        if (target !== source) for (const place of modelsFor(infos, source, target)) places.add(place);
      }
    }
    return here.filter((_, place) => places.has(place));
  }

  async #use(model: ResolvedModel) {
    const { device } = this.#options.info;
    return { facts: await this.#inspect(model), key: `${model.path} ${device}`, name: model.name };
  }

  /** What a translation model can do, as far as its files tell. */
  async info({ model, tokenizer, pair }: OfflineModel): Promise<TranslatorInfo> {
    const { path } = model;
    const key = JSON.stringify([path, tokenizer]);
    let known = this.#infos.get(key);
    if (known === undefined) {
      known = translatorInfo(this.#options.pool, { path, tokenizer }, model, { group: 'models', priority: 0 });
      this.#infos.set(key, known);
      known.catch(() => this.#infos.delete(key));
    }
    return pair === undefined ? await known : limitedInfo(await known, pair);
  }

  #inspect({ path }: ResolvedModel): Promise<ModelInspection> {
    let inspection = this.#inspections.get(path);
    if (inspection === undefined) {
      inspection = this.#options.pool.run<ModelInspection>({ method: 'inspectModel', params: { path } });
      this.#inspections.set(path, inspection);
      // A file that is mended meanwhile is looked at again.
      inspection.catch(() => this.#inspections.delete(path));
    }
    return inspection;
  }
}

function largestShortlist(model: string, languages: readonly string[]): TranslationUse['shortlist'] {
  const stored = findShortlists(model);
  const sizes = languages.map((language) => shortlistFor(stored, language)?.ids.length ?? 0);
  const tokens = Math.max(0, ...sizes);
  return tokens === 0 ? undefined : { tokens, always: sizes.every((size) => size > 0) };
}
