import { resolve } from 'node:path';
import { AsyncQueue } from '../async-queue.js';
import { Batch } from '../batch/outcome.js';
import { RequestMaker } from '../batch/requests.js';
import { runBatch } from '../batch/run-batch.js';
import { type Context, checkFormats } from '../context.js';
import { usageError } from '../errors.js';
import { type Input, nameOf } from '../inputs.js';
import { displayName } from '../io.js';
import { referenceIsFolder } from '../references.js';
import type { FolderWatcher, FolderWatcherOptions } from '../watch/folder-watcher.js';
import { WatchedIds } from '../watch/watched-ids.js';

/** Failures that are named again at the end: a watch may go on for months. */
const REMEMBERED = 100;

/** `voicelingua watch`: works off what is in a folder, then what comes, until it is stopped. */
export async function watch(context: Context, args: readonly string[]): Promise<number> {
  const { io, ui, settings } = context;
  const [name = '.'] = args;
  await checkFormats(context);
  if (settings.reference !== undefined && !referenceIsFolder(settings.reference, io.cwd)) {
    throw usageError('watch needs a folder as --reference, which holds <text id>.txt for each recording.');
  }
  const graceMs = settings.grace ?? 0;
  context.graceful(graceMs);
  const { FolderWatcher } = await import('../watch/folder-watcher.js');
  const folder = resolve(io.cwd, name);
  const queue = new AsyncQueue<Input>();
  const out = settings.out === undefined ? null : resolve(io.cwd, settings.out);
  const watching = {
    folder,
    name,
    // Packages beside the recordings are no recordings, but a folder of its own may hold anything.
    ignore: out === folder ? null : out,
    settleMs: settings.settle ?? 0,
    poll: settings.poll === true,
    warn: (message: string) => ui.warning(displayName(message)),
    failed: (error: unknown) => queue.fail(error),
  };
  return await runBatch(context, {
    source: queue,
    requests: await RequestMaker.open(context, 0, false),
    batch: new Batch(ui, REMEMBERED),
    options: { failFast: false, graceMs, endless: true },
    begin: (found, lingua) => {
      const watcher = openWatcher(context, FolderWatcher, watching, queue, new WatchedIds(folder, lingua), found);
      ui.record({ type: 'watching', folder });
      ui.message(`watching ${displayName(nameOf(folder, io.cwd) || '.')} until Ctrl-C`);
      return () => watcher.close();
    },
  });
}

function openWatcher(
  { io }: Context,
  Watcher: typeof FolderWatcher,
  options: Omit<FolderWatcherOptions, 'ready' | 'removed'>,
  queue: AsyncQueue<Input>,
  ids: WatchedIds,
  found: (count: number, all: boolean) => void,
): FolderWatcher {
  let count = 0;
  // One group after the other: a text id is given to the first that asks.
  let giving = Promise.resolve();
  const give = async (paths: readonly string[]): Promise<void> => {
    const textIds = await ids.idsOf(paths);
    count += paths.length;
    found(count, true);
    paths.forEach((path, index) => {
      queue.push({ name: nameOf(path, io.cwd), request: { audio: path, textId: textIds[index] as string } });
    });
  };
  return new Watcher({
    ...options,
    ready: (paths) => {
      giving = giving.then(() => give(paths)).catch((error: unknown) => queue.fail(error));
    },
    removed: (path) => ids.removed(path),
  });
}
