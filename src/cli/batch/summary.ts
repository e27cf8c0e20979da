import { relative, resolve } from 'node:path';
import type { Context } from '../context.js';
import { displayName } from '../io.js';
import { formatCount, formatDuration } from '../units.js';
import type { Batch, NamedFailure } from './outcome.js';
import type { EarlyEnd } from './work.js';

export interface BatchFacts {
  readonly seconds: number;
  readonly early: EarlyEnd;
  /** Packages written by this call. */
  readonly packages: number;
  /** The search for inputs was stopped too: there may be more than were counted. */
  readonly searching: boolean;
}

const GO_ON = 'the same command goes on where this one ended';

/** The last word on a batch: what was done, every failure by name, and how to go on. */
export function printSummary(context: Context, batch: Batch, facts: BatchFacts): void {
  const { ui } = context;
  const summary = batch.summary();
  ui.record({ type: 'summary', ...summary });
  const troubled = summary.failed + summary.cancelled > 0;
  if (summary.total < 2 && !troubled && facts.early === null) return;
  ui.message(counts(batch, facts));
  if (summary.total > 1) for (const line of failureLines(context, batch.named)) ui.message(line);
  for (const line of nextLines(context, batch, facts)) ui.message(line);
}

function counts(batch: Batch, { seconds, searching }: BatchFacts): string {
  const { total, completed, failed, cancelled } = batch.summary();
  const elsewhere = cancelled - batch.unfinished;
  const parts = [
    `${formatCount(completed)} completed${batch.before > 0 ? ` (${formatCount(batch.before)} done before)` : ''}`,
    `${formatCount(failed)} failed`,
  ];
  if (elsewhere > 0) parts.push(`${formatCount(elsewhere)} cancelled`);
  if (batch.unfinished > 0) parts.push(`${formatCount(batch.unfinished)} not done`);
  const audio =
    batch.audioSeconds === 0
      ? ''
      : `; ${formatDuration(batch.audioSeconds)} of audio at ${(batch.audioSeconds / seconds).toFixed(1)}x real time`;
  return `${parts.join(', ')}, of ${formatCount(total)}${searching ? '+' : ''} in ${formatDuration(seconds)}${audio}`;
}

/** Every failure, under its reason where several share it. */
function failureLines({ io, ui }: Context, failures: readonly NamedFailure[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { name, code, message } of failures) {
    const reason = `${code}: ${withoutName(message, name, io.cwd)}`;
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [name]);
    else group.push(name);
  }
  const lines: string[] = [];
  for (const [reason, names] of groups) {
    const many = names.length > 1 ? ` (${formatCount(names.length)})` : '';
    lines.push(
      `${ui.err.red('failed')}${many}: ${displayName(reason)}`,
      ...names.map((name) => `  ${displayName(name)}`),
    );
  }
  return lines;
}

/** The message with the input's name taken out, so that the same reason is the same text for each input. */
function withoutName(message: string, name: string, cwd: string): string {
  const forms = [resolve(cwd, name), name].filter((form) => form.length > 1);
  return forms.reduce((text, form) => text.replaceAll(`"${form}"`, '…').replaceAll(form, '…'), message);
}

function nextLines({ io, settings }: Context, batch: Batch, { early, packages }: BatchFacts): string[] {
  const lines: string[] = [];
  const { failed } = batch.summary();
  if (settings.out !== undefined && batch.completed > 0) {
    const folder = displayName(relative(io.cwd, resolve(io.cwd, settings.out)) || '.');
    const there = batch.completed - packages;
    lines.push(
      `packages: ${formatCount(packages)} written to ${folder}${there > 0 ? `, ${formatCount(there)} were there` : ''}`,
    );
  }
  if (early === 'first failure') lines.push(`stopped at the first failure; ${GO_ON}`);
  else if (early !== null) lines.push(`stopped; ${GO_ON}`);
  else if (failed > 0) lines.push('the same command tries again what failed, and nothing else');
  return lines;
}
