import type { ModelMemory, TaskMemory } from './admission/task-memory.js';
import { combinedMemory } from './admission/task-memory.js';
import type { TaskSpec } from './domain/task.js';
import type { HostInfo } from './engines/native/local-host.js';
import { DEFAULT_MODELS, type ModelPurpose, type ResolvedModel, resolveModel } from './models/registry.js';
import type { ModelInspection } from './native/binding.js';
import type { Pool } from './pool/pool.js';

const MIB = 2 ** 20;

/** What tasks need of memory and time, from facts of their models, each looked at once. */
export class TaskNeeds {
  readonly #pool: Pool;
  readonly #info: HostInfo;
  readonly #inspections = new Map<string, Promise<ModelInspection>>();

  constructor(pool: Pool, info: HostInfo) {
    this.#pool = pool;
    this.#info = info;
  }

  /** @throws {VoiceLinguaError} what opening one of its models would */
  async of(task: TaskSpec): Promise<TaskMemory> {
    const { lanes } = this.#info.budget;
    const models: ModelMemory[] = [];
    if (task.type === 'audio') models.push(await this.#model(task.sttModel, 'speech'));
    if (task.languages.length > 0) models.push(await this.#model(task.mtModel, 'translation'));
    const need = { base: 100 * MIB, models, task: task.type === 'audio' ? 10 * MIB : MIB };
    return { ...need, total: combinedMemory([need], lanes) };
  }

  async seconds(_task: TaskSpec, audioSeconds: number, realTimeFactor: number | null): Promise<number> {
    return audioSeconds * (realTimeFactor ?? 1);
  }

  async #model(reference: string | undefined, purpose: ModelPurpose): Promise<ModelMemory> {
    const model = resolveModel(reference ?? DEFAULT_MODELS[purpose], purpose);
    const { bytes } = await this.#inspect(model);
    const { lanes } = this.#info.budget;
    return { key: `${model.path} ${this.#info.device}`, name: model.name, weights: bytes, perLane: bytes / 2, lanes };
  }

  #inspect({ path }: ResolvedModel): Promise<ModelInspection> {
    let inspection = this.#inspections.get(path);
    if (inspection === undefined) {
      inspection = this.#pool.run<ModelInspection>({ method: 'inspectModel', params: { path } });
      this.#inspections.set(path, inspection);
      // A file that is mended meanwhile is looked at again.
      inspection.catch(() => this.#inspections.delete(path));
    }
    return inspection;
  }
}
