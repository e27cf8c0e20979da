import type { Transcript, VoiceLingua } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, checkFormats, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { batchExitCode } from '../exit-codes.js';
import { follow } from '../follow.js';
import { expandInputs, type Input } from '../inputs.js';
import { defined, displayName } from '../io.js';
import { openProgress, type Progress } from '../progress/progress.js';
import { referenceFinder } from '../references.js';
import { audioOptions, subtitleLayout } from '../speech.js';
import { formatPercent } from '../units.js';

/** Recordings under way at once; the library decides how many of them infer. */
const IN_FLIGHT = 8;

type Outcome = { readonly transcript: Transcript; readonly taskId: string } | { readonly error: unknown };

/** `voicelingua transcribe`: prints transcripts in the order of the files. */
export async function transcribe(context: Context, args: readonly string[]): Promise<number> {
  const { io, ui, settings } = context;
  await checkFormats(context);
  const inputs = args.includes('-') ? fromStdin(args) : await expandInputs(args, io);
  if (context.flags.detectLanguage === true) {
    const { detectLanguages } = await import('./detect-language.js');
    return await detectLanguages(context, inputs);
  }
  if (settings.textId !== undefined && inputs.length !== 1) {
    throw usageError(`--text-id names one content, and there are ${inputs.length} recordings.`);
  }
  const reference = referenceFinder(settings.reference, inputs.length, io.cwd);
  const batch = new Batch(ui);
  await withLibrary(context, async (lingua) => {
    const names = new Map<string, string>();
    const progress = await openProgress(io, ui, names);
    progress.found(inputs.length, true);
    const waiting: Array<{ input: Input; outcome: Promise<Outcome> }> = [];
    const printOldest = async () => {
      const oldest = waiting.shift();
      if (oldest !== undefined)
        await print(context, lingua, oldest.input.name, await oldest.outcome, batch, inputs.length);
    };
    try {
      for (const input of inputs) {
        waiting.push({ input, outcome: recognize(context, lingua, input, reference, progress, names) });
        if (waiting.length >= IN_FLIGHT) await printOldest();
      }
      while (waiting.length > 0) await printOldest();
    } finally {
      progress.stop();
    }
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

function fromStdin(args: readonly string[]): Input[] {
  if (args.length > 1) throw usageError('"-" reads one recording from stdin and stands alone.');
  return [{ name: '-', request: { audio: '-', textId: 'stdin' } }];
}

async function recognize(
  context: Context,
  lingua: VoiceLingua,
  input: Input,
  reference: (textId: string) => string | undefined,
  progress: Progress,
  names: Map<string, string>,
): Promise<Outcome> {
  const { io, settings, signal } = context;
  let taskId: string | undefined;
  try {
    if ('error' in input) throw input.error;
    const { audio, textId: inputId } = input.request;
    if (audio === undefined) throw usageError('a text, not a recording. `voicelingua translate` takes texts.');
    const textId = settings.textId ?? inputId ?? input.name;
    const job = lingua.transcribe(
      audio === '-' ? io.stdin : audio,
      defined({
        ...audioOptions(settings),
        language: input.request.language ?? settings.language,
        referenceText: input.request.referenceText ?? reference(textId),
        textId,
        model: settings.sttModel,
        priority: input.request.priority ?? settings.priority,
        signal,
      }),
    );
    taskId = job.id;
    const watching = follow(job.events(), (event) => {
      names.set(event.taskId, input.name);
      progress.event(event);
    });
    try {
      const transcript = await job;
      progress.ended('completed', job.id, transcript.duration);
      return { transcript, taskId: job.id };
    } finally {
      await watching;
    }
  } catch (error) {
    progress.ended('failed', taskId);
    return { error };
  }
}

async function print(
  { ui, settings, signal }: Context,
  lingua: VoiceLingua,
  name: string,
  outcome: Outcome,
  batch: Batch,
  inputs: number,
): Promise<void> {
  if ('error' in outcome) {
    signal.throwIfAborted();
    batch.failed(outcome.error, name);
    return;
  }
  const { transcript, taskId } = outcome;
  if (settings.out !== undefined) {
    try {
      await lingua.packageTask(
        taskId,
        defined({ out: settings.out, formats: settings.format, subtitles: subtitleLayout(settings) }),
      );
    } catch (error) {
      batch.failed(error, name, taskId);
      return;
    }
  }
  batch.done();
  for (const warning of transcript.warnings) ui.warning(`${displayName(name)}: ${warning}`);
  ui.record({ type: 'transcript', input: name, task_id: taskId, ...transcript });
  ui.result(inputs > 1 ? `${ui.out.bold(displayName(name))}\t${transcript.text}` : transcript.text);
  if (transcript.accuracy !== undefined) {
    const { accuracy, wer, cer } = transcript.accuracy;
    ui.message(
      `${displayName(name)}: accuracy ${formatPercent(accuracy)}, WER ${formatPercent(wer)}, CER ${formatPercent(cer)}`,
    );
  }
}
