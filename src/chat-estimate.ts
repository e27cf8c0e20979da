import type { TranslationEstimate } from './api-types.js';
import type { TaskSpec } from './domain/task.js';
import type { Unit } from './domain/unit.js';
import type { TranslationItem, TranslatorInfo } from './engines/ports.js';
import { limitedInfo, modelsFor } from './engines/routed-translator.js';
import { splitUnit } from './stages/translate/sentences.js';
import type { OfflineModel, TranslationModel, TranslationModels } from './translation-models.js';

/** Sentences that the translate stage asks for at once. */
const SENTENCES_AT_ONCE = 16;

/**
 * What chat models would about cost for a text, without sending anything: those that are the first of the task's list for a
 * language. Null where none is, and for recordings.
 * @param infoOf what an offline model of the list can do
 */
export async function estimateChat(
  task: TaskSpec,
  models: TranslationModels,
  infoOf: (model: OfflineModel) => Promise<TranslatorInfo>,
): Promise<TranslationEstimate | null> {
  if (task.type !== 'text' || task.languages.length === 0) return null;
  const listed = models.resolve(task.mtModel);
  if (!listed.some(({ kind }) => kind === 'chat')) return null;
  const infos = await Promise.all(listed.map((one) => (one.kind === 'chat' ? chatInfo(one) : infoOf(one))));
  const { sourceLanguage: source } = task;
  const targetsOf = new Map<TranslationModel, string[]>();
  for (const target of task.languages) {
    const first = target === source ? undefined : listed[modelsFor(infos, source, target)[0] ?? -1];
    if (first !== undefined) targetsOf.set(first, [...(targetsOf.get(first) ?? []), target]);
  }
  const units = (task.options.units as readonly Unit[] | undefined) ?? [{ id: '0', text: task.text ?? '' }];
  const sentences = [...new Set(units.flatMap(({ text }) => splitUnit(text, source).sentences))];
  let sum: TranslationEstimate | null = null;
  for (const [model, targets] of targetsOf) {
    if (model.kind !== 'chat') continue;
    const translator = model.service.translator(model.name);
    for (let start = 0; start < sentences.length; start += SENTENCES_AT_ONCE) {
      const part = sentences.slice(start, start + SENTENCES_AT_ONCE);
      const items = part.flatMap((text) => targets.map((target): TranslationItem => ({ text, source, target })));
      const { requests, inputTokens, outputTokens, cost, currency } = await translator.estimate(items);
      sum = added(sum, { requests, inputTokens, outputTokens, cost, currency });
    }
  }
  return sum;
}

async function chatInfo({
  service,
  name,
  pair,
}: TranslationModel & { readonly kind: 'chat' }): Promise<TranslatorInfo> {
  const info = await service.translator(name).info();
  return pair === undefined ? info : limitedInfo(info, pair);
}

function added(one: TranslationEstimate | null, other: TranslationEstimate): TranslationEstimate {
  if (one === null) return other;
  return {
    requests: one.requests + other.requests,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cost: one.cost === null || other.cost === null || one.currency !== other.currency ? null : one.cost + other.cost,
    currency: one.currency,
  };
}
