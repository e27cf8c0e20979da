import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { EXIT_OK } from '../exit-codes.js';
import { defined } from '../io.js';
import { formatCount } from '../units.js';
import { count, olderThan, textOption } from './filter.js';

/** `voicelingua memory prune`: deletes entries of the translation memory. */
export async function pruneMemory(context: Context): Promise<number> {
  const { ui, flags, signal } = context;
  const options = defined({
    keep: count('--keep', flags.keep, 0),
    olderThanMs: olderThan(flags.olderThan),
    model: textOption('--mt-model', flags.mtModel),
    dryRun: flags.dryRun === true ? true : undefined,
  });
  if (options.keep === undefined && options.olderThanMs === undefined && options.model === undefined) {
    throw usageError(
      'memory prune needs --keep N, --older-than DURATION or --mt-model NAME, so that it does not delete everything.',
    );
  }
  const deleted = await withLibrary(context, (lingua) => lingua.translationMemory.prune({ ...options, signal }));
  ui.record({ type: 'pruned', deleted, dry_run: options.dryRun === true });
  ui.record({ type: 'summary', total: deleted, completed: deleted, failed: 0, cancelled: 0 });
  const entries = `${formatCount(deleted)} ${deleted === 1 ? 'translation' : 'translations'}`;
  ui.result(options.dryRun === true ? `${entries} would be deleted` : `${entries} deleted`);
  return EXIT_OK;
}
