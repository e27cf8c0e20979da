import { Admission } from './admission/admission.js';
import { readMemory } from './admission/memory-state.js';
import type { VoiceLinguaOptions } from './api-types.js';
import type { TaskRecord, TaskSpec } from './domain/task.js';
import type { HostInfo } from './engines/native/local-host.js';
import type { Telemetry } from './instance-telemetry.js';
import { memoryThresholds } from './memory-thresholds.js';
import type { Timing } from './pipeline/timing.js';
import type { Pool } from './pool/pool.js';
import { TaskNeeds } from './task-needs.js';
import type { TranslationModels } from './translation-models.js';

export interface TaskAdmissionOptions {
  readonly options: VoiceLinguaOptions;
  readonly info: HostInfo;
  readonly pool: Pool;
  readonly translation: TranslationModels;
  /** Bytes that the engines hold by now. */
  readonly resident: () => number;
  readonly telemetry: Telemetry;
  readonly timing: Timing;
}

/** How often a task that waits for memory looks again. */
const LOOK_MS = 250;

/** Lets a claimed task begin when there is memory for it. */
export class TaskAdmission {
  readonly needs: TaskNeeds;
  readonly #admission: Admission;
  readonly #telemetry: Telemetry;
  readonly #timing: Timing;

  constructor({ options, info, pool, translation, resident, telemetry, timing }: TaskAdmissionOptions) {
    this.#telemetry = telemetry;
    this.#timing = timing;
    const { shortlist, isolation = 'process' } = options;
    this.needs = new TaskNeeds({ pool, info, translation, isolation, shortlist });
    this.#admission = new Admission({
      thresholds: memoryThresholds(options),
      readMemory,
      lanes: info.budget.lanes,
      resident,
      warn: (message) => telemetry.log({ level: 'warn', message, source: 'voicelingua' }),
    });
  }

  /**
   * Resolves when the task may begin, with what tells that it has ended.
   * @throws {VoiceLinguaError} `OUT_OF_MEMORY` when it never fits, or the model's own error; `signal.reason` when it is aborted
   */
  async admit(task: TaskRecord, signal: AbortSignal): Promise<() => void> {
    const need = await this.needs.of(task);
    let told = false;
    for (;;) {
      signal.throwIfAborted();
      const decision = this.#admission.decide(need);
      if (decision.kind === 'refuse') throw decision.error;
      if (decision.kind === 'start') break;
      if (!told) this.#tellHold(task, decision.reason);
      told = true;
      await this.#timing.sleep(LOOK_MS, signal);
    }
    this.#admission.started(task.id, need);
    return () => this.#admission.ended(task.id);
  }

  #tellHold({ id, textId }: TaskSpec & { readonly id: string }, reason: string): void {
    const message = `Task ${id} (${textId}) waits for memory: ${reason}.`;
    this.#telemetry.log({ level: 'warn', message, source: 'voicelingua', taskId: id, textId });
  }
}
