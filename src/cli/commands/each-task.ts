import type { VoiceLingua } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, withLibrary } from '../context.js';
import { batchExitCode } from '../exit-codes.js';

/** Does something with each task that is named; one that it cannot be done with does not stop the others. */
export async function eachTask(
  context: Context,
  ids: readonly string[] | ((lingua: VoiceLingua) => Promise<readonly string[]>),
  act: (lingua: VoiceLingua, id: string, batch: Batch) => Promise<void>,
): Promise<number> {
  const { ui, signal } = context;
  const batch = new Batch(ui);
  await withLibrary(context, async (lingua) => {
    for (const id of typeof ids === 'function' ? await ids(lingua) : ids) {
      signal.throwIfAborted();
      try {
        await act(lingua, id, batch);
      } catch (error) {
        batch.failed(error, id);
      }
    }
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}
