import { statSync } from 'node:fs';
import { assess, assessmentCost } from './domain/accuracy.js';
import type { TaskRecord } from './domain/task.js';
import type { Accuracy } from './domain/transcript.js';
import type { ModelRef } from './engines/native/lane-models.js';
import { NativeDecoder, NativeRecognizer, NativeTranslator } from './engines/native/native-engines.js';
import { DEFAULT_MODELS, type ResolvedModel, resolveModel } from './models/registry.js';
import type { ModelInspection, NativeBinding, NativeDescription, NativeLogEntry } from './native/binding.js';
import { loadNative } from './native/load.js';
import { entryUrl } from './package/files.js';
import { Pool } from './pool/pool.js';
import { planThreads, type ThreadBudget } from './pool/thread-budget.js';
import type { StagePorts } from './stages/stage.js';

export interface ThreadHostOptions {
  readonly device: 'cpu' | 'cuda';
  readonly jobs?: number | undefined;
  readonly threads?: number | undefined;
  readonly tokenizer?: string | undefined;
  readonly ffmpeg: string | null;
}

/** What Whisper hears at once. */
const MAX_WINDOW_SECONDS = 30;
/** Comparing texts up to this cost takes a few milliseconds; longer ones go to a lane. */
const INLINE_ASSESSMENT_COST = 1e6;

/** The engines in this process: lanes that infer, and one more that decodes. Threads start with the first work. */
export class ThreadHost {
  readonly budget: ThreadBudget;
  readonly #options: ThreadHostOptions;
  readonly #native: NativeBinding;
  readonly #lanes: Pool;
  readonly #decoder: Pool;

  constructor(options: ThreadHostOptions) {
    this.#options = options;
    this.#native = loadNative({ device: options.device });
    this.budget = planThreads(options);
    const worker = entryUrl('engines/native/lane-main');
    const native = this.#native;
    const tokens = {
      create: (deadlineMs: number) => native.createToken(deadlineMs),
      cancel: (token: number) => native.cancelToken(token),
      release: (token: number) => native.releaseToken(token),
    };
    const workerData = { device: options.device };
    this.#lanes = new Pool({ worker, lanes: this.budget.lanes, workerData, tokens });
    this.#decoder = new Pool({ worker, lanes: 1, workerData, tokens });
  }

  /** The engines for one task. Throws `MODEL_NOT_FOUND` for a model that is not there. */
  portsFor(task: TaskRecord): StagePorts {
    const owner = { group: task.id, priority: task.priority };
    const { threadsPerLane, lanes } = this.budget;
    const speech = (): ResolvedModel => resolveModel(task.sttModel ?? DEFAULT_MODELS.speech, 'speech');
    const translation = (): ResolvedModel => resolveModel(task.mtModel ?? DEFAULT_MODELS.translation, 'translation');
    const needsSpeech = task.type === 'audio';
    const needsTranslation = task.languages.length > 0;
    return {
      decoder: new NativeDecoder(this.#decoder, this.#options.ffmpeg, owner),
      recognizer: () => {
        const model = speech();
        return new NativeRecognizer(this.#lanes, this.#ref(model), model.name, threadsPerLane, owner);
      },
      translator: () => {
        const model = translation();
        return new NativeTranslator(this.#lanes, this.#ref(model), model, threadsPerLane, owner);
      },
      assess: (transcript, reference, signal) => this.#assess(transcript, reference, signal, owner),
      modelKeys: {
        speech: needsSpeech ? modelKey(speech()) : '',
        translation: needsTranslation ? modelKey(translation()) : '',
      },
      parallel: lanes,
      maxWindowSeconds: MAX_WINDOW_SECONDS,
    };
  }

  describe(): NativeDescription {
    return this.#native.describe();
  }

  inspect(path: string): Promise<ModelInspection> {
    return this.#lanes.run<ModelInspection>({ method: 'inspectModel', params: { path } });
  }

  drainLog(): NativeLogEntry[] {
    return this.#native.drainLog();
  }

  async close(): Promise<void> {
    await Promise.all([this.#lanes.close(), this.#decoder.close()]);
  }

  #ref(model: ResolvedModel): ModelRef {
    const { device, tokenizer } = this.#options;
    return { path: model.path, device, deviceIndex: 0, computeType: 'default', tokenizer: tokenizer ?? null };
  }

  #assess(
    transcript: string,
    reference: string,
    signal: AbortSignal,
    owner: { group: string; priority: number },
  ): Promise<Accuracy> {
    if (assessmentCost(transcript, reference) <= INLINE_ASSESSMENT_COST) {
      return Promise.resolve(assess(transcript, reference));
    }
    return this.#lanes.run<Accuracy>({ method: 'assess', params: { transcript, reference }, signal, ...owner });
  }
}

/** Changes when the weights do, without reading them. */
function modelKey(model: ResolvedModel): string {
  const { size, mtimeMs } = statSync(model.path);
  return `${model.path}:${size}:${Math.round(mtimeMs)}`;
}
