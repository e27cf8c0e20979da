import type { VoiceLinguaError } from '../domain/errors.js';
import type { TaskRecord } from '../domain/task.js';
import type { TranslationAccount } from '../domain/translation-account.js';
import type { StagePorts } from '../stages/stage.js';

/** What the pipeline needs of the engines, wherever they run. */
export interface TaskEngines {
  /** The engines for one task; throws for a model that is not there. */
  portsFor(task: TaskRecord): StagePorts;
  /** Ends the task's native calls by force where that can be done; they reject with `reason`. */
  kill(taskId: string, reason: VoiceLinguaError): void;
  /** The task is over: frees what the engines hold for it. */
  release(taskId: string): void;
  /** Who has translated for the task in work, and what it cost. Absent where nobody asks others. */
  account?(taskId: string): TranslationAccount;
}
