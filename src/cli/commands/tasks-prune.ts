import type { PruneOptions, VoiceLingua } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { EXIT_OK } from '../exit-codes.js';
import { defined } from '../io.js';
import { formatCount } from '../units.js';
import { count, ENDED, olderThan, statusOption } from './filter.js';
import { taskPages } from './task-pages.js';

/** `voicelingua tasks prune`: deletes ended tasks. */
export async function prune(context: Context): Promise<number> {
  const { ui, flags } = context;
  const options: PruneOptions = defined({
    keep: count('--keep', flags.keep, 0),
    olderThanMs: olderThan(flags.olderThan),
    status: statusOption(flags, ENDED),
    outputs: flags.outputs === true ? true : undefined,
  });
  if (options.keep === undefined && options.olderThanMs === undefined) {
    throw usageError('tasks prune needs --keep N or --older-than DURATION, so that it does not delete everything.');
  }
  const dry = flags.dryRun === true;
  const deleted = await withLibrary(context, (lingua) =>
    dry ? wouldPrune(lingua, options, context.signal) : lingua.prune(options),
  );
  ui.record({ type: 'pruned', deleted, dry_run: dry });
  ui.record({ type: 'summary', total: deleted, completed: deleted, failed: 0, cancelled: 0 });
  const tasks = `${formatCount(deleted)} ${deleted === 1 ? 'task' : 'tasks'}`;
  ui.result(dry ? `${tasks} would be deleted` : `${tasks} deleted`);
  return EXIT_OK;
}

/** Of the tasks that match, all but the newest ended ones that stay. */
async function wouldPrune(lingua: VoiceLingua, options: PruneOptions, signal: AbortSignal): Promise<number> {
  const { keep = 0, olderThanMs, status } = options;
  const latest = olderThanMs === undefined ? Number.POSITIVE_INFINITY : Date.now() - olderThanMs;
  let matching = 0;
  for await (const tasks of taskPages(lingua, defined({ status, order: 'ended' as const }))) {
    signal.throwIfAborted();
    matching += tasks.filter(({ completedAt }) => completedAt !== null && Date.parse(completedAt) <= latest).length;
  }
  return Math.max(0, matching - keep);
}
