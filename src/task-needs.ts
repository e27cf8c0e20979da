import { estimateTask, type SpeechUse, type TranslationUse } from './admission/memory-estimate.js';
import type { TaskMemory } from './admission/task-memory.js';
import { estimateSeconds } from './admission/time-estimate.js';
import type { TaskSpec } from './domain/task.js';
import type { HostInfo } from './engines/native/local-host.js';
import { DEFAULT_MODELS, type ResolvedModel, resolveModel } from './models/registry.js';
import { findShortlists, shortlistFor } from './models/shortlists.js';
import type { ModelInspection } from './native/binding.js';
import type { Pool } from './pool/pool.js';

export interface TaskNeedsOptions {
  readonly pool: Pool;
  readonly info: HostInfo;
  readonly isolation: 'process' | 'thread';
  /** Whether shortlists are used. Defaults to `auto`. */
  readonly shortlist?: 'auto' | 'off' | undefined;
}

/** What tasks need of memory and time, from facts of their models, each looked at once. */
export class TaskNeeds {
  readonly #options: TaskNeedsOptions;
  readonly #inspections = new Map<string, Promise<ModelInspection>>();

  constructor(options: TaskNeedsOptions) {
    this.#options = options;
  }

  /** @throws {VoiceLinguaError} what opening one of its models would */
  async of(task: TaskSpec & { readonly audioDuration?: number | null }): Promise<TaskMemory> {
    const { info, isolation } = this.#options;
    return estimateTask({
      speech: task.type === 'audio' ? await this.#speech(task) : null,
      translation: task.languages.length > 0 ? await this.#translation(task) : null,
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
      translation: task.languages.length > 0 ? await this.#translation(task) : null,
    });
  }

  async #speech({ sttModel, options }: TaskSpec): Promise<SpeechUse> {
    const { beamSize, bestOf, strategy } = options as Partial<Pick<SpeechUse, 'beamSize' | 'bestOf' | 'strategy'>>;
    return { ...(await this.#use(this.#model(sttModel, 'speech'))), beamSize, bestOf, strategy };
  }

  async #translation({ mtModel, languages, options }: TaskSpec): Promise<TranslationUse> {
    const model = this.#model(mtModel, 'translation');
    const { beamSize } = (options.translate ?? {}) as { readonly beamSize?: number };
    const use = await this.#use(model);
    const shortlist = this.#options.shortlist === 'off' ? undefined : largestShortlist(model.path, languages);
    return { ...use, languages: languages.length, beamSize: beamSize ?? model.advice.beamSize, shortlist };
  }

  async #use(model: ResolvedModel) {
    const { device } = this.#options.info;
    return { facts: await this.#inspect(model), key: `${model.path} ${device}`, name: model.name };
  }

  #model(reference: string | undefined, purpose: keyof typeof DEFAULT_MODELS): ResolvedModel {
    return resolveModel(reference ?? DEFAULT_MODELS[purpose], purpose);
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
