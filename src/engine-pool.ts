import { totalmem } from 'node:os';
import { residentMemory } from './admission/memory-state.js';
import type { VoiceLinguaOptions } from './api-types.js';
import { toVoiceLinguaError } from './domain/errors.js';
import type { HostSettings } from './engines/native/host-main.js';
import type { HostInfo } from './engines/native/local-host.js';
import type { Telemetry } from './instance-telemetry.js';
import type { NativeLogEntry } from './native/binding.js';
import { entryUrl } from './package/files.js';
import { ChildHost } from './pool/child-host.js';
import type { Pool } from './pool/pool.js';

/** Hosts that may die in a row before one has ever worked. */
const MAX_STARTS = 5;
const MODEL_IDLE_MS = 5 * 60_000;
const RECYCLE_TASKS = 1000;
const RECYCLE_GROWTH = 2 ** 30;

export interface OpenPool {
  readonly pool: Pool;
  readonly info: HostInfo;
  /** Bytes that the engines hold by now. */
  readonly resident: () => number;
}

/** The engines, where the options want them. */
export function openPool(options: VoiceLinguaOptions, telemetry: Telemetry): Promise<OpenPool> {
  return options.isolation === 'thread' ? openThreads(options, telemetry) : openProcess(options, telemetry);
}

/** The engines on threads of this process. */
async function openThreads(options: VoiceLinguaOptions, telemetry: Telemetry): Promise<OpenPool> {
  const { LocalHost } = await import('./engines/native/local-host.js');
  const before = process.memoryUsage.rss();
  const pool = new LocalHost({ ...engineSettings(options), onLog: logTo(telemetry) });
  return { pool, info: pool.info, resident: () => Math.max(0, process.memoryUsage.rss() - before) };
}

/** The engines in a child process; this process does not even load them. */
async function openProcess(options: VoiceLinguaOptions, telemetry: Telemetry): Promise<OpenPool> {
  const { recycleTasks, recycleGrowth } = options;
  const settings: HostSettings = { ...engineSettings(options), parent: process.pid, log: telemetry.heard };
  const pool = new ChildHost({
    entry: entryUrl('engines/native/host-main', 'cjs'),
    args: (generation) => [JSON.stringify({ ...settings, generation } satisfies HostSettings)],
    recycleTasks: recycleTasks ?? RECYCLE_TASKS,
    recycleGrowth: recycleGrowth ?? RECYCLE_GROWTH,
    onLog: logTo(telemetry),
    onReplace: (reason, pid, signal) => telemetry.observe({ type: 'host-restart', reason, pid, signal }),
  });
  const resident = (): number => pool.pids.reduce((sum, pid) => sum + (residentMemory(pid) ?? 0), 0);
  try {
    return { pool, info: await readyInfo(pool), resident };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** A host that is killed while it starts, by the system or by hand, says nothing of the next one; the pool waits longer each time. */
async function readyInfo(pool: ChildHost): Promise<HostInfo> {
  for (let starts = 1; ; starts++) {
    try {
      return (await pool.ready()) as HostInfo;
    } catch (error) {
      if (toVoiceLinguaError(error).code !== 'ENGINE_CRASHED' || starts >= MAX_STARTS) throw error;
    }
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

function logTo(telemetry: Telemetry): ((entries: readonly unknown[]) => void) | undefined {
  if (!telemetry.heard) return undefined;
  return (entries) => {
    for (const entry of entries as readonly NativeLogEntry[]) telemetry.log(entry);
  };
}
