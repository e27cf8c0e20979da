import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { JobEvent, VoiceLinguaOptions } from './api-types.js';
import { chooseDevice } from './device.js';
import { Scheduler } from './pipeline/scheduler.js';
import { assessStage } from './stages/assess.js';
import type { Stage } from './stages/stage.js';
import { transcribeStage } from './stages/transcribe.js';
import { translateStage } from './stages/translate.js';
import type { TaskStore } from './store/task-store.js';
import { ThreadHost } from './thread-host.js';

/** The stages a task may go through; a new one is a file and a line here. */
const STAGES: readonly Stage[] = [transcribeStage, assessStage, translateStage];

/** What works tasks off. */
export interface EngineRoom {
  readonly host: ThreadHost;
  readonly scheduler: Scheduler;
}

/**
 * Engines and scheduler for a store. A module of its own, so that opening a store and asking it does not wait for them
 * to be read.
 * @throws {VoiceLinguaError} `NATIVE_LOAD_FAILED`, `DEVICE_UNAVAILABLE`
 */
export function openEngineRoom(
  options: VoiceLinguaOptions,
  store: TaskStore,
  emit: (event: JobEvent) => void,
): EngineRoom {
  const { jobs, threads, tokenizer, ffmpeg, logger } = options;
  const host = new ThreadHost({
    device: chooseDevice(options.device ?? 'auto'),
    jobs,
    threads,
    tokenizer,
    ffmpeg: ffmpeg === false ? null : (ffmpeg ?? 'ffmpeg'),
  });
  const scheduler = new Scheduler({
    store,
    stages: STAGES,
    ports: (task) => host.portsFor(task),
    emit: (event) => {
      emit(event);
      if (logger !== undefined) for (const entry of host.drainLog()) logger(entry);
    },
    owner: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    concurrency: host.budget.lanes * 2,
  });
  return { host, scheduler };
}
