import { randomUUID } from 'node:crypto';
import { hostname, totalmem } from 'node:os';
import type { JobEvent, VoiceLinguaOptions } from './api-types.js';
import { EnginePorts } from './engine-ports.js';
import type { HostSettings } from './engines/native/host-main.js';
import type { HostInfo } from './engines/native/local-host.js';
import type { NativeLogEntry } from './native/binding.js';
import { entryUrl } from './package/files.js';
import { Scheduler } from './pipeline/scheduler.js';
import { ChildHost } from './pool/child-host.js';
import type { Pool } from './pool/pool.js';
import { assessStage } from './stages/assess.js';
import type { Stage } from './stages/stage.js';
import { transcribeStage } from './stages/transcribe.js';
import { translateStage } from './stages/translate.js';
import type { TaskStore } from './store/task-store.js';

/** The stages a task may go through; a new one is a file and a line here. */
const STAGES: readonly Stage[] = [transcribeStage, assessStage, translateStage];
const MODEL_IDLE_MS = 5 * 60_000;
const RECYCLE_TASKS = 1000;
const RECYCLE_GROWTH = 2 ** 30;

/** What works tasks off. */
export interface EngineRoom {
  readonly host: Pool;
  readonly scheduler: Scheduler;
}

interface OpenPool {
  readonly pool: Pool;
  readonly info: HostInfo;
}

/**
 * Engines and scheduler for a store. A module of its own, so that opening a store and asking it does not wait for them
 * to be read.
 * @throws {VoiceLinguaError} `NATIVE_LOAD_FAILED`, `DEVICE_UNAVAILABLE`
 */
export async function openEngineRoom(
  options: VoiceLinguaOptions,
  store: TaskStore,
  emit: (event: JobEvent) => void,
): Promise<EngineRoom> {
  const { pool, info } = options.isolation === 'thread' ? await openThreads(options) : await openProcess(options);
  const { tokenizer, ffmpeg } = options;
  const ports = new EnginePorts({
    pool,
    info,
    tokenizer,
    ffmpeg: ffmpeg === false ? null : (ffmpeg ?? 'ffmpeg'),
  });
  const scheduler = new Scheduler({
    store,
    stages: STAGES,
    ports: (task) => ports.portsFor(task),
    emit: (event) => {
      emit(event);
      if (event.type === 'done') pool.release(event.taskId);
    },
    owner: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
    concurrency: info.budget.lanes * 2,
  });
  return { host: pool, scheduler };
}

/** The engines on threads of this process. */
async function openThreads(options: VoiceLinguaOptions): Promise<OpenPool> {
  const { LocalHost } = await import('./engines/native/local-host.js');
  const pool = new LocalHost({ ...engineSettings(options), onLog: logTo(options.logger) });
  return { pool, info: pool.info };
}

/** The engines in a child process; this process does not even load them. */
async function openProcess(options: VoiceLinguaOptions): Promise<OpenPool> {
  const { logger, recycleTasks, recycleGrowth } = options;
  const settings: HostSettings = { ...engineSettings(options), parent: process.pid, log: logger !== undefined };
  const pool = new ChildHost({
    entry: entryUrl('engines/native/host-main', 'cjs'),
    args: (generation) => [JSON.stringify({ ...settings, generation } satisfies HostSettings)],
    recycleTasks: recycleTasks ?? RECYCLE_TASKS,
    recycleGrowth: recycleGrowth ?? RECYCLE_GROWTH,
    onLog: logTo(logger),
  });
  try {
    return { pool, info: (await pool.ready()) as HostInfo };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

function engineSettings({ device, jobs, threads, modelMemory, modelIdleMs }: VoiceLinguaOptions) {
  return {
    device: device ?? 'auto',
    jobs,
    threads,
    modelMemory: modelMemory ?? usableMemory() / 2,
    modelIdleMs: modelIdleMs ?? MODEL_IDLE_MS,
  };
}

/** Bytes that the machine has, or that a container lets this process have. */
function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}

function logTo(logger: VoiceLinguaOptions['logger']): ((entries: readonly unknown[]) => void) | undefined {
  if (logger === undefined) return undefined;
  return (entries) => {
    for (const entry of entries as readonly NativeLogEntry[]) logger(entry);
  };
}
