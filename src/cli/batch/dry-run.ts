import type { Estimate, VoiceLingua } from '../api.js';
import { type Context, termOptions } from '../context.js';
import { countOf, formatMoney } from '../costs.js';
import { isAbout } from '../errors.js';
import type { InputSource } from '../inputs.js';
import { displayName } from '../io.js';
import { formatBytes, formatCount, formatDuration } from '../units.js';
import type { Batch } from './outcome.js';
import type { RequestMaker, Work } from './requests.js';

/** Estimates of one call to the library. */
const GROUP = 200;

/** What the work that would run adds up to. */
interface Totals {
  toRun: number;
  /** Seconds of work, on one lane. */
  seconds: number;
  audioSeconds: number;
  /** Recordings of unknown length. */
  unknown: number;
  /** Bytes that the largest needs. */
  memory: number;
  /** What chat models would cost, by currency; null in a currency where prices are missing. */
  chat: Map<string, Chat>;
}

interface Chat {
  requests: number;
  tokens: number;
  cost: number | null;
}

/** Says what a batch would do: each task with its predicted time and memory, then the sums. Nothing is stored. */
export async function dryRun(
  context: Context,
  lingua: VoiceLingua,
  { source, requests, batch }: { source: InputSource; requests: RequestMaker; batch: Batch },
): Promise<void> {
  const { signal } = context;
  const totals: Totals = { toRun: 0, seconds: 0, audioSeconds: 0, unknown: 0, memory: 0, chat: new Map() };
  for (let inputs = await source.take(GROUP); inputs.length > 0; inputs = await source.take(GROUP)) {
    signal.throwIfAborted();
    const works: Work[] = [];
    for (const input of inputs) {
      try {
        if ('error' in input) throw input.error;
        works.push(await requests.make(input));
      } catch (error) {
        batch.failed(error, input.name);
      }
    }
    const answers = works.length === 0 ? [] : await lingua.estimate(works.map(({ request }) => request));
    // Every task would fail of it.
    const unusable = answers.find((answer) => isAbout(answer, termOptions(context).glossary));
    if (unusable !== undefined) throw unusable;
    answers.forEach((answer, index) => {
      const name = works[index]?.name ?? '';
      if (answer instanceof Error) batch.failed(answer, name);
      else print(context, name, answer, totals, batch);
    });
  }
  const { ui } = context;
  ui.record({
    type: 'estimate_total',
    to_run: totals.toRun,
    done_before: batch.before,
    failed: batch.failures.length,
    seconds: totals.seconds,
    audio_seconds: totals.audioSeconds,
    unknown_lengths: totals.unknown,
    memory: totals.memory,
    ...(totals.chat.size === 0
      ? {}
      : { translation: [...totals.chat].map(([currency, chat]) => ({ currency, ...chat })) }),
  });
  ui.record({ type: 'summary', ...batch.summary() });
  for (const line of totalLines(context, totals, batch)) ui.message(line);
}

function print({ ui }: Context, name: string, estimate: Estimate, totals: Totals, batch: Batch): void {
  const { audioSeconds, seconds, memory, translation, done, textId } = estimate;
  ui.record({
    type: 'estimate',
    input: name,
    text_id: textId,
    audio_seconds: audioSeconds,
    seconds,
    memory,
    done,
    ...(translation === null ? {} : { translation: recordOf(translation) }),
  });
  if (done) batch.doneBefore();
  else {
    batch.done();
    totals.toRun += 1;
    totals.seconds += seconds;
    totals.audioSeconds += audioSeconds ?? 0;
    totals.unknown += audioSeconds === null ? 1 : 0;
    totals.memory = Math.max(totals.memory, memory);
    if (translation !== null) addChat(totals.chat, translation);
  }
  const { green, bold, dim } = ui.out;
  const length = audioSeconds === null ? 'length unknown' : `${formatDuration(audioSeconds)} of audio`;
  ui.result(
    done
      ? dim(`done before  ${displayName(name)}`)
      : `${green('would run')}    ${bold(displayName(name))}  ${length}  about ${formatDuration(seconds)}  ${formatBytes(memory)}`,
  );
}

function recordOf({ inputTokens, outputTokens, ...rest }: NonNullable<Estimate['translation']>): object {
  return { ...rest, input_tokens: inputTokens, output_tokens: outputTokens };
}

function addChat(sums: Map<string, Chat>, one: NonNullable<Estimate['translation']>): void {
  const sum = sums.get(one.currency) ?? { requests: 0, tokens: 0, cost: 0 };
  sum.requests += one.requests;
  sum.tokens += one.inputTokens + one.outputTokens;
  sum.cost = sum.cost === null || one.cost === null ? null : sum.cost + one.cost;
  sums.set(one.currency, sum);
}

function totalLines({ settings }: Context, totals: Totals, batch: Batch): string[] {
  const failed = batch.failures.length;
  const parts = [`${formatCount(totals.toRun)} would run`, `${formatCount(batch.before)} done before`];
  if (failed > 0) parts.push(`${formatCount(failed)} cannot`);
  const lines = [parts.join(', ')];
  if (totals.toRun > 0) {
    const { jobs } = settings;
    const lanes = jobs === undefined || jobs === 1 ? 'for one lane' : `with --jobs ${jobs}`;
    const unknown = totals.unknown > 0 ? `, ${formatCount(totals.unknown)} of unknown length` : '';
    lines.push(
      `${formatDuration(totals.audioSeconds)} of audio${unknown}; about ${formatDuration(totals.seconds / (jobs ?? 1))} of work ${lanes}, up to ${formatBytes(totals.memory)} of memory`,
    );
  }
  for (const [currency, { requests, tokens, cost }] of totals.chat) {
    const money = cost === null ? 'no prices are set' : `about ${formatMoney(cost)} ${currency}`;
    lines.push(`chat models: ${countOf(requests, 'request')}, about ${formatCount(tokens)} tokens, ${money}`);
  }
  return [...lines, 'nothing was stored'];
}
