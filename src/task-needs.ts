import { estimateTask, type SpeechUse, type TranslationUse } from './admission/memory-estimate.js';
import type { TaskMemory } from './admission/task-memory.js';
import type { TaskSpec } from './domain/task.js';
import type { HostInfo } from './engines/native/local-host.js';
import { DEFAULT_MODELS, type ModelPurpose, type ResolvedModel, resolveModel } from './models/registry.js';
import type { ModelInspection } from './native/binding.js';
import type { Pool } from './pool/pool.js';

export interface TaskNeedsOptions {
  readonly pool: Pool;
  readonly info: HostInfo;
  readonly isolation: 'process' | 'thread';
}

/** Seconds of work for a second of audio and a byte of weights, while no task was seen: whisper.cpp f16, one lane (docs/measurements.md). */
const SECONDS_PER_BYTE = 1 / 75e6 / 20;
/** A model that is nearly nothing still takes this share of the audio's time. */
const LEAST_FACTOR = 0.02;
const WINDOW_SECONDS = 30;

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
    });
  }

  /**
   * Seconds that one lane works on a task, about.
   * @param audioSeconds of the recording, or the time that it takes to say the text
   * @param realTimeFactor seconds of work per second of audio that the store has seen; null for none
   */
  async seconds(task: TaskSpec, audioSeconds: number, realTimeFactor: number | null): Promise<number> {
    if (realTimeFactor !== null) return audioSeconds * realTimeFactor;
    const models = [
      ...(task.type === 'audio' ? [this.#model(task.sttModel, 'speech')] : []),
      ...(task.languages.length > 0 ? [this.#model(task.mtModel, 'translation')] : []),
    ];
    const inspections = await Promise.all(models.map((model) => this.#inspect(model)));
    const bytes = inspections.reduce((sum, { bytes }) => sum + bytes, 0);
    // The encoder takes a whole window for whatever is said in it.
    const heard = task.type === 'audio' ? Math.ceil(audioSeconds / WINDOW_SECONDS) * WINDOW_SECONDS : audioSeconds;
    return heard * Math.max(LEAST_FACTOR, bytes * SECONDS_PER_BYTE);
  }

  async #speech({ sttModel, options }: TaskSpec): Promise<SpeechUse> {
    const { beamSize, bestOf, strategy } = options as Partial<Pick<SpeechUse, 'beamSize' | 'bestOf' | 'strategy'>>;
    return { ...(await this.#use(this.#model(sttModel, 'speech'))), beamSize, bestOf, strategy };
  }

  async #translation({ mtModel, languages, options }: TaskSpec): Promise<TranslationUse> {
    const model = this.#model(mtModel, 'translation');
    const { beamSize } = (options.translate ?? {}) as { readonly beamSize?: number };
    const use = await this.#use(model);
    return { ...use, languages: languages.length, beamSize: beamSize ?? model.advice.beamSize };
  }

  async #use(model: ResolvedModel) {
    const { device } = this.#options.info;
    return { facts: await this.#inspect(model), key: `${model.path} ${device}`, name: model.name };
  }

  #model(reference: string | undefined, purpose: ModelPurpose): ResolvedModel {
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
