import { type ErrorCode, VoiceLinguaError } from '../../../src/domain/errors.js';
import type { TaskRecord } from '../../../src/domain/task.js';
import type { TaskEngines } from '../../../src/pipeline/task-engines.js';
import type { Artifacts, Stage, StageContext } from '../../../src/stages/stage.js';
import type { SimProcess } from './sim-clock.js';

/** How the engines treat a task, by its text. */
export type Fate = 'sound' | 'flaky' | 'poison' | 'unreadable' | 'broken';

export interface SimEngines extends TaskEngines {
  /** Windows computed per task, over all processes. */
  readonly computed: Map<string, number>;
}

/** A stage of a few windows, each of which takes time, may fail by the task's fate, and is a checkpoint when it is done. */
export function simStage(process: SimProcess, random: () => number, computed: Map<string, number>): Stage {
  return {
    name: 'simulate',
    needs: [],
    gives: 'translations',
    weight: () => 1,
    wanted: () => true,
    run: async (context: StageContext): Promise<Artifacts> => {
      const { task, checkpoints, signal } = context;
      const windows = Number(task.options.windows);
      for (let index = 0; index < windows; index++) {
        if (checkpoints.get(String(index), 'f') !== undefined) continue;
        await process.timing.sleep(50 + random() * 2_000);
        signal.throwIfAborted();
        strike(task, random);
        computed.set(task.id, (computed.get(task.id) ?? 0) + 1);
        await checkpoints.save(String(index), 'f', index);
        context.emit({ type: 'progress', fraction: (index + 1) / windows });
      }
      return {};
    },
  };
}

function strike(task: TaskRecord, random: () => number): void {
  const fail = (code: ErrorCode, details: Record<string, unknown> = {}): never => {
    throw new VoiceLinguaError(code, `simulated ${code}`, { details });
  };
  switch (task.options.fate as Fate) {
    case 'sound':
      if (random() < 0.02) fail('ENGINE_CRASHED', { culprit: 'other', signal: 'SIGABRT' });
      if (random() < 0.02) fail('ENGINE_CRASHED', { culprit: 'unknown', signal: 'SIGKILL' });
      return;
    case 'flaky':
      if (random() < 0.4) fail('ENGINE_FAILED');
      return;
    case 'poison':
      fail('ENGINE_CRASHED', { culprit: 'this', signal: 'SIGABRT' });
      return;
    case 'unreadable':
      fail('INPUT_CORRUPT');
      return;
    case 'broken':
      fail('ENGINE_FAILED');
  }
}
