import { Batch } from '../batch/outcome.js';
import { type Context, checkFormats, withLibrary } from '../context.js';
import { batchExitCode } from '../exit-codes.js';
import { defined, displayName } from '../io.js';
import { subtitleLayout } from '../speech.js';

/** `voicelingua package`: prints packages, or writes them with `--out`. */
export async function packageTasks(context: Context, ids: readonly string[]): Promise<number> {
  const { ui, settings, signal } = context;
  await checkFormats(context);
  const batch = new Batch(ui);
  await withLibrary(context, async (lingua) => {
    for (const id of ids) {
      try {
        const made = await lingua.packageTask(
          id,
          defined({ out: settings.out, formats: settings.format, subtitles: subtitleLayout(settings), signal }),
        );
        batch.done();
        ui.record({ type: 'package', ...made });
        ui.result(
          settings.out === undefined
            ? JSON.stringify(made, null, 2)
            : `${ui.out.green('packaged')}  ${ui.out.bold(displayName(made.text_id))}  ${ui.out.dim(made.task_id)}`,
        );
      } catch (error) {
        signal.throwIfAborted();
        batch.failed(error, id);
      }
    }
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}
