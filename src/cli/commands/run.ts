import type { TaskRecord, TaskRequest, VoiceLingua } from '../api.js';
import { type Context, checkFormats, targetLanguages, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { batchExitCode } from '../exit-codes.js';
import { expandInputs, type Input, referenceFinder } from '../inputs.js';
import { defined, displayName } from '../io.js';
import { openProgress } from '../progress.js';
import { Batch } from './batch.js';
import { audioOptions } from './speech.js';
import { taskRecord } from './task-record.js';

interface Work {
  readonly name: string;
  readonly request: TaskRequest;
}

/** Tasks stored in one transaction. */
const SUBMIT_GROUP = 100;

/** `voicelingua run`: submits what the inputs name, works it off, packages what completed. */
export async function run(context: Context, args: readonly string[]): Promise<number> {
  const { io, ui } = context;
  await checkFormats(context);
  const inputs = await expandInputs(args, io);
  const work = await prepare(context, inputs);
  const batch = new Batch(ui);
  for (const input of inputs) if ('error' in input) batch.failed(input.error, input.name);
  warnOfSharedNames(context, work);

  if (work.length > 0) await withLibrary(context, (lingua) => workOff(context, lingua, work, batch));
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

async function prepare(context: Context, inputs: readonly Input[]): Promise<Work[]> {
  const { settings, ui, io } = context;
  const work = inputs.filter((input): input is Work => 'request' in input);
  if (settings.textId !== undefined && inputs.length !== 1) {
    throw usageError(
      `--text-id names one content, and there are ${inputs.length} inputs. Use a manifest with text_id.`,
    );
  }
  const recordings = work.filter(({ request }) => request.audio !== undefined);
  const reference = referenceFinder(settings.reference, recordings.length, io.cwd);
  const languages = await targetLanguages(context, settings.to ?? ['all']);
  return await Promise.all(
    work.map(async ({ name, request }) => {
      const textId = settings.textId ?? request.textId ?? name;
      const isAudio = request.audio !== undefined;
      const found = request.referenceText ?? (isAudio ? reference(textId) : undefined);
      if (settings.reference !== undefined && isAudio && found === undefined) {
        ui.warning(`no reference text for ${displayName(textId)}: it gets no accuracy`);
      }
      const own = request.languages === undefined ? undefined : await targetLanguages(context, request.languages);
      const merged = defined({
        ...request,
        textId,
        languages: own ?? languages,
        referenceText: found,
        language: request.language ?? settings.language,
        priority: request.priority ?? settings.priority,
        sttModel: isAudio ? settings.sttModel : undefined,
        mtModel: settings.mtModel,
        transcribe: isAudio ? audioOptions(settings) : undefined,
      });
      return { name, request: merged };
    }),
  );
}

function warnOfSharedNames({ ui, settings }: Context, work: readonly Work[]): void {
  if (settings.out === undefined) return;
  const seen = new Set<string>();
  for (const { request } of work) {
    const id = request.textId ?? '';
    if (seen.has(id)) ui.warning(`several tasks have the text id ${displayName(id)}: the last one's files stay`);
    seen.add(id);
  }
}

interface Stored {
  readonly id: string;
  readonly name: string;
  readonly done: boolean;
}

async function workOff(context: Context, lingua: VoiceLingua, work: readonly Work[], batch: Batch): Promise<void> {
  const { io, ui, signal } = context;
  const stored = await submitAll(context, lingua, work, batch);
  const names = new Map(work.map(({ name }) => [name, name]));
  for (const { id, name } of stored) names.set(id, name);
  const progress = await openProgress(io, ui, stored.length, names);
  // One after the other, in the order in which tasks end.
  let reports = Promise.resolve();
  try {
    for (const { id, done } of stored) {
      if (!done) continue;
      await report(context, lingua, await lingua.task(id), batch, names, true);
      progress.ended();
    }
    const open = stored.filter(({ done }) => !done).map(({ id }) => id);
    if (open.length > 0) {
      await lingua.run(open, {
        signal,
        onEvent: (event) => progress.event(event),
        onTask: (task, error) => {
          reports = reports.then(() => {
            if (error === null) return report(context, lingua, task, batch, names, false);
            if (task.status === 'cancelled') batch.cancelled(error, names.get(task.id) ?? task.id);
            else batch.failed(error, names.get(task.id) ?? task.id, task.id);
            return undefined;
          });
        },
      });
    }
  } catch (error) {
    if (signal.aborted) {
      await reports;
      batch.unfinished(stored.length);
      ui.message('stopped; the same command goes on where this one ended');
      ui.summary(batch.summary());
    }
    throw error;
  } finally {
    await reports;
    progress.stop();
  }
}

/** Stores the work group by group; what cannot be stored fails alone. */
async function submitAll(
  { signal }: Context,
  lingua: VoiceLingua,
  work: readonly Work[],
  batch: Batch,
): Promise<Stored[]> {
  const stored = new Map<string, Stored>();
  const keep = ({ name }: Work, { id, status }: { id: string; status: string }) =>
    stored.set(id, { id, name, done: status === 'completed' });
  for (let at = 0; at < work.length; at += SUBMIT_GROUP) {
    signal.throwIfAborted();
    const group = work.slice(at, at + SUBMIT_GROUP);
    try {
      const answers = await lingua.submit(group.map(({ request }) => request));
      group.forEach((one, index) => {
        const answer = answers[index];
        if (answer !== undefined) keep(one, answer);
      });
    } catch {
      // Submitting is idempotent, so the group can go again one by one to find which of it is at fault.
      for (const one of group) {
        try {
          keep(one, await lingua.submit(one.request));
        } catch (error) {
          batch.failed(error, one.name);
        }
      }
    }
  }
  return [...stored.values()];
}

async function report(
  context: Context,
  lingua: VoiceLingua,
  task: TaskRecord,
  batch: Batch,
  names: ReadonlyMap<string, string>,
  before: boolean,
): Promise<void> {
  const { settings, ui } = context;
  const name = names.get(task.id) ?? task.id;
  if (task.status === 'cancelled') {
    batch.cancelled(new Error('cancelled'), name);
    return;
  }
  try {
    if (settings.out !== undefined) {
      await lingua.packageTask(task.id, defined({ out: settings.out, formats: settings.format }));
    }
  } catch (error) {
    batch.failed(error, name, task.id);
    return;
  }
  batch.done();
  for (const warning of task.warnings) ui.warning(`${displayName(name)}: ${warning}`);
  ui.record({ ...taskRecord(task), resumed: before, out: settings.out ?? null });
  ui.result(resultLine(context, task, before));
}

function resultLine({ ui }: Context, task: TaskRecord, before: boolean): string {
  const { green, bold, dim } = ui.out;
  const facts = [
    task.detectedLanguage,
    task.accuracy === null ? null : `accuracy ${(task.accuracy.accuracy * 100).toFixed(1)} %`,
    task.audioDuration === null ? null : `${task.audioDuration.toFixed(1)} s of audio`,
    before ? 'done before' : `${task.processingTime.toFixed(1)} s`,
  ].filter((fact) => fact !== null);
  return `${green(task.status)}  ${bold(displayName(task.textId))}  ${facts.join('  ')}  ${dim(task.id)}`;
}
