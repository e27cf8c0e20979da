import { type CallPlan, planSteps, StepDown } from './admission/step-down.js';
import type { ModelRef } from './engines/native/lane-models.js';
import { isFolder } from './engines/native/model-files.js';
import type { Telemetry } from './instance-telemetry.js';
import type { Pool, PoolCall } from './pool/pool.js';

/** Rows of one call of the translator (engines/native/native-engines.ts). */
const TRANSLATION_ROWS = 32;
/** Calls that load a model and compute with it. */
const SPARED = new Set(['translate', 'recognize', 'detectLanguage', 'align']);

/**
 * A pool that makes a call again with less when it ran out of memory: fewer rows at once, then 8-bit weights, then the CPU; and
 * remembers for each model what fitted.
 */
export function sparing(pool: Pool, telemetry: Telemetry): Pool {
  const stepDown = new StepDown({
    onStep: ({ key, from, to, error }) => {
      const message =
        error === null
          ? `${key}: tried with more again, ${words(to)} fits.`
          : `${key} ran out of memory with ${words(from)}; goes on with ${words(to)}.`;
      telemetry.log({ level: error === null ? 'info' : 'warn', message, source: 'voicelingua' });
    },
  });
  const run = async <T>(call: PoolCall): Promise<T> => {
    const { method, params } = call;
    if (!SPARED.has(method)) return pool.run<T>(call);
    const model = params.model as ModelRef;
    const rows = method === 'translate' ? TRANSLATION_ROWS : (params.rows as number | undefined);
    const best = { batch: rows ?? 1, ...model };
    const key = `${method === 'translate' ? 'Translation' : 'Recognition'} with ${model.path} on ${model.device}`;
    // CTranslate2 can load its weights in a smaller type; ggml cannot.
    return stepDown.run<T>(key, planSteps(best, isFolder(model.path)), (plan) => perform<T>(pool, call, model, plan));
  };
  return { ...pool, run };
}

async function perform<T>(pool: Pool, call: PoolCall, model: ModelRef, plan: CallPlan): Promise<T> {
  const { device, computeType, batch } = plan;
  const params = {
    ...call.params,
    model: { ...model, device, computeType },
    ...(call.method === 'recognize' ? { rows: batch } : {}),
  };
  const items = call.params.items as readonly unknown[] | undefined;
  if (call.method !== 'translate' || items === undefined || items.length <= batch)
    return pool.run<T>({ ...call, params });
  const answers: unknown[] = [];
  for (let start = 0; start < items.length; start += batch) {
    const some = { ...params, items: items.slice(start, start + batch) };
    answers.push(...(await pool.run<unknown[]>({ ...call, params: some })));
  }
  return answers as T;
}

function words({ batch, computeType, device }: CallPlan): string {
  const type = computeType === 'default' ? 'the weights as stored' : `${computeType} weights`;
  return `${batch} at once, ${type}, on ${device}`;
}
