import { CircuitBreaker, withBreaker } from './admission/circuit-breaker.js';
import type { OpenOptions } from './api-options.js';
import type { JobEvent, VoiceLinguaOptions } from './api-types.js';
import { ChatModels } from './chat-models.js';
import { openPool } from './engine-pool.js';
import { EnginePorts } from './engine-ports.js';
import type { HostInfo } from './engines/native/local-host.js';
import type { Telemetry } from './instance-telemetry.js';
import { DEFAULT_LIMITS } from './pipeline/limits.js';
import { isDead, ownOwner } from './pipeline/owner.js';
import { Scheduler } from './pipeline/scheduler.js';
import { StoredGlossaries } from './pipeline/stored-glossaries.js';
import { systemTiming } from './pipeline/timing.js';
import { DEFAULT_RETRIES, type RetryPolicy } from './pipeline/verdict.js';
import { impatient } from './pool/impatient-pool.js';
import type { Pool, PoolCall } from './pool/pool.js';
import { sparing } from './sparing-pool.js';
import { assessStage } from './stages/assess/assess.js';
import type { Stage } from './stages/stage.js';
import { transcribeStage } from './stages/transcribe/transcribe.js';
import { translateStage } from './stages/translate/translate.js';
import type { TaskStore } from './store/task-store.js';
import { TaskAdmission } from './task-admission.js';
import { TranslationModels } from './translation-models.js';

/** The stages a task may go through; a new one is a file and a line here. */
const STAGES: readonly Stage[] = [transcribeStage, assessStage, translateStage];
/** Clips that may wait in front of a lane, so that it finds enough of them to fill a batch of windows. */
const BRIEF_TASKS_A_LANE = 12;
/** The same for texts: three calls of the widest batch, so that a lane never waits while the store takes ends and gives new tasks. */
const BRIEF_TEXTS_A_LANE = 48;
/**
 * Owners that may die while a task is in work, without a checkpoint between, when the engines run in the owner itself: there a
 * crash of an engine is the owner's death.
 */
const MAX_LOSSES_ON_THREADS = 10;

/** What works tasks off. */
export interface EngineRoom {
  readonly host: Pool;
  readonly info: HostInfo;
  readonly ports: EnginePorts;
  readonly translation: TranslationModels;
  readonly chat: ChatModels;
  readonly admission: TaskAdmission;
  readonly scheduler: Scheduler;
}

/**
 * Engines and scheduler for a store, which may still be opening: the engines start meanwhile. A module of its own, so that opening a store and asking it does not wait for them
 * to be read.
 * @throws {VoiceLinguaError} `NATIVE_LOAD_FAILED`, `DEVICE_UNAVAILABLE`
 */
export async function openEngineRoom(
  options: OpenOptions,
  opening: Promise<TaskStore>,
  emit: (event: JobEvent) => void,
  telemetry: Telemetry,
): Promise<EngineRoom> {
  const { pool: engines, info, resident } = await openPool(options, telemetry);
  const store = await opening.catch(async (error: unknown) => {
    await engines.close();
    throw error;
  });
  const pool = guarded(sparing(impatient(engines), telemetry), telemetry);
  const { tokenizer, ffmpeg, shortlist = 'auto' } = options;
  const command = ffmpeg === false ? null : (ffmpeg ?? 'ffmpeg');
  const chat = new ChatModels(options.llm);
  const translation = new TranslationModels(chat, tokenizer ?? null);
  const ports = new EnginePorts({ pool, info, translation, ffmpeg: command, shortlist });
  const admission = new TaskAdmission({ options, info, pool, translation, resident, telemetry, timing: systemTiming });
  const { lanes } = info.budget;
  const scheduler = new Scheduler({
    store,
    stages: STAGES,
    glossaries: new StoredGlossaries(store),
    engines: {
      portsFor: (task) => ports.portsFor(task),
      kill: (taskId, reason) => pool.kill(taskId, reason),
      release: (taskId) => ports.release(taskId),
      account: (taskId) => ports.account(taskId),
    },
    admit: (task, signal) => admission.admit(task, signal),
    emit,
    observe: (event) => telemetry.observe(event),
    owner: ownOwner(),
    isDead,
    room: {
      any: lanes * 2,
      short: lanes,
      brief: lanes * BRIEF_TASKS_A_LANE,
      text: lanes * BRIEF_TEXTS_A_LANE,
    },
    limits: {
      softMs: options.softLimitMs ?? DEFAULT_LIMITS.softMs,
      hardMs: options.hardLimitMs ?? DEFAULT_LIMITS.hardMs,
    },
    retries: retryPolicy(options),
    timing: systemTiming,
  });
  return { host: pool, info, ports, translation, chat, admission, scheduler };
}

function retryPolicy({ maxRetries, retryBaseMs, retryCapMs, isolation }: VoiceLinguaOptions): RetryPolicy {
  return {
    ...DEFAULT_RETRIES,
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(retryBaseMs === undefined ? {} : { baseMs: retryBaseMs }),
    ...(retryCapMs === undefined ? {} : { capMs: retryCapMs }),
    ...(isolation === 'thread' ? { maxLosses: MAX_LOSSES_ON_THREADS } : {}),
  };
}

/** Calls of an engine that fails every time wait; the breaker's key is the engine's method and the model. */
function guarded(pool: Pool, telemetry: Telemetry): Pool {
  const breaker = new CircuitBreaker({
    onChange: (key, state, openMs) => {
      const message =
        state === 'open'
          ? `${key} failed too often in a row; work for it waits ${Math.round(openMs / 1000)} s, then one call tries it.`
          : state === 'probing'
            ? `${key} is tried with one call.`
            : `${key} works again.`;
      telemetry.log({ level: state === 'open' ? 'warn' : 'info', message, source: 'voicelingua' });
    },
  });
  return { ...pool, run: withBreaker<PoolCall>((call) => pool.run(call), breaker, breakerKey) };
}

function breakerKey({ method, params }: PoolCall): string | null {
  if (method !== 'recognize' && method !== 'detectLanguage' && method !== 'translate') return null;
  const { path } = params.model as { readonly path: string };
  return `${method === 'translate' ? 'translation' : 'recognition'} with ${path}`;
}
