import type { TranslatedDocument, VoiceLingua } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, withLibrary } from '../context.js';
import { tellCosts } from '../costs.js';
import type { DocumentInput, TextFormat } from '../documents.js';
import { usageError } from '../errors.js';
import { batchExitCode } from '../exit-codes.js';
import { follow } from '../follow.js';
import { defined, displayName } from '../io.js';
import { openProgress, type Progress } from '../progress/progress.js';

/** Documents under way at once; the library decides how many of their sentences infer. */
const IN_FLIGHT = 4;

/** A document by its path, or its bytes. */
export type DocumentWork = DocumentInput | { readonly name: string; readonly bytes: Uint8Array };
type Outcome = { readonly document: TranslatedDocument } | { readonly error: unknown };

/** `voicelingua translate FILE…`: documents with their structure, written to a folder, or one to stdout. */
export async function translateDocuments(
  context: Context,
  works: readonly DocumentWork[],
  languages: readonly string[],
  format: Exclude<TextFormat, 'text'> | undefined,
): Promise<number> {
  const { io, ui, settings, signal } = context;
  if (settings.out === undefined && !ui.json && works.length * languages.length > 1) {
    throw usageError('Several translated documents need --out DIR; stdout takes one, in one language.');
  }
  const batch = new Batch(ui);
  // Work that is stopped is handed back, not cancelled, so that the same command goes on with it: `signal` is no part of the call.
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => {});
  await withLibrary(context, async (lingua) => {
    const names = new Map<string, string>();
    const progress = await openProgress(io, ui, names);
    progress.found(works.length, true);
    const waiting: Array<{ readonly name: string; readonly outcome: Promise<Outcome> }> = [];
    const printOldest = async (): Promise<void> => {
      const oldest = waiting.shift();
      if (oldest !== undefined) print(context, oldest.name, await Promise.race([oldest.outcome, stopped]), batch);
    };
    try {
      for (const work of works) {
        signal.throwIfAborted();
        waiting.push({
          name: work.name,
          outcome: translateOne(context, lingua, work, languages, format, progress, names),
        });
        if (waiting.length >= IN_FLIGHT) await printOldest();
      }
      while (waiting.length > 0) await printOldest();
    } finally {
      progress.stop();
    }
    await tellCosts(context, lingua);
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

async function translateOne(
  { settings }: Context,
  lingua: VoiceLingua,
  work: DocumentWork,
  languages: readonly string[],
  format: Exclude<TextFormat, 'text'> | undefined,
  progress: Progress,
  names: Map<string, string>,
): Promise<Outcome> {
  let taskId: string | undefined;
  try {
    if ('error' in work) throw work.error;
    const source = 'path' in work ? work.path : { name: work.name, text: work.bytes };
    const job = lingua.translateDocument(
      source,
      defined({
        to: languages,
        from: settings.language,
        format,
        out: settings.out,
        textId: 'path' in work ? work.textId : work.name,
        beamSize: settings.beamSize,
        model: settings.mtModel,
        priority: settings.priority,
      }),
    );
    const watching = follow(job.events(), (event) => {
      taskId = event.taskId;
      names.set(event.taskId, work.name);
      progress.event(event);
    });
    try {
      const document = await job;
      progress.ended('completed', job.id);
      return { document };
    } finally {
      await watching;
    }
  } catch (error) {
    progress.ended('failed', taskId);
    return { error };
  }
}

function print({ ui, settings, signal }: Context, name: string, outcome: Outcome, batch: Batch): void {
  signal.throwIfAborted();
  if ('error' in outcome) {
    batch.failed(outcome.error, name);
    return;
  }
  const { languages, warnings, task_id, format, source_language, model } = outcome.document;
  batch.done();
  for (const warning of warnings) ui.warning(`${displayName(name)}: ${warning}`);
  const translations = Object.entries(languages).map(([language, { text, confidence, path }]) => [
    language,
    { confidence, ...(path === undefined ? { content: text } : { path }) },
  ]);
  ui.record({
    type: 'document',
    input: name,
    task_id,
    format,
    source_language,
    model,
    translations: Object.fromEntries(translations),
    warnings,
  });
  for (const { text, path } of Object.values(languages)) {
    if (path !== undefined) ui.result(displayName(path));
    else if (settings.out === undefined) ui.text(text);
  }
}
