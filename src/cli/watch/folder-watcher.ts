import { realpathSync, type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { CliError, inputError } from '../errors.js';
import { isRecording } from '../recordings.js';
import { Settling } from './settling.js';

/** Endings and beginnings of names that other programs give to what they have not finished. */
const TEMPORARY = /^[~#]|(~|\.(tmp|temp|part|partial|crdownload|download|filepart|swp|bak))$/i;
/** How often the folder itself is looked for. */
const PRESENT_MS = 1000;
const POLL_MS = 1000;

export interface FolderWatcherOptions {
  readonly folder: string;
  /** The name of the folder in messages. */
  readonly name: string;
  /** A folder whose files are not taken: that of the outputs. */
  readonly ignore: string | null;
  readonly settleMs: number;
  /** Look for changes again and again instead of waiting for the system's notices. */
  readonly poll: boolean;
  /** Recordings that are complete, those that were there first: new, or changed since they were told. */
  readonly ready: (paths: readonly string[]) => void;
  readonly removed: (path: string) => void;
  readonly warn: (message: string) => void;
  /** The folder cannot be watched any more. */
  readonly failed: (error: unknown) => void;
}

/** Watches a folder, and what is below it, for recordings. Hidden names and those of unfinished files are not looked at. */
export class FolderWatcher {
  readonly #options: FolderWatcherOptions;
  readonly #watcher: FSWatcher;
  readonly #settling: Settling;
  readonly #present: NodeJS.Timeout;
  readonly #folders = new FirstPaths();
  readonly #files = new FirstPaths();

  /** @throws {CliError} when the folder is not there, or is none */
  constructor(options: FolderWatcherOptions) {
    this.#options = options;
    const identity = identityOf(options);
    this.#folders.isFirst(options.folder, realpathSync(options.folder));
    this.#settling = new Settling({
      settleMs: options.settleMs,
      ready: (files) => {
        const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
        const first = sorted.filter(({ path, real }) => this.#files.isFirst(path, real));
        if (first.length > 0) options.ready(first.map(({ path }) => path));
      },
      held: (path) => options.warn(`${path} is complete only when the program that has it open for writing closes it`),
    });
    this.#watcher = watch(options.folder, {
      ignored: (path, facts) => this.#ignores(path, facts),
      alwaysStat: true,
      usePolling: options.poll,
      interval: POLL_MS,
      binaryInterval: POLL_MS,
    });
    this.#watcher.on('add', (path, facts) => this.#settling.add(path, facts));
    this.#watcher.on('change', (path, facts) => this.#settling.add(path, facts));
    this.#watcher.on('unlink', (path) => {
      this.#settling.remove(path);
      this.#files.remove(path);
      options.removed(path);
    });
    this.#watcher.on('unlinkDir', (path) => this.#folders.remove(path));
    this.#watcher.on('ready', () => this.#settling.start());
    this.#watcher.on('error', (error) => options.failed(watchError(options.name, error)));
    this.#present = setInterval(() => void this.#lookForFolder(identity), PRESENT_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#present);
    this.#settling.close();
    await this.#watcher.close();
  }

  #ignores(path: string, facts: Stats | undefined): boolean {
    const { folder, ignore } = this.#options;
    const below = relative(folder, path);
    if (below === '') return false;
    if (below.split(sep).some((name) => name.startsWith('.') || TEMPORARY.test(name))) return true;
    if (ignore !== null && (path === ignore || path.startsWith(ignore + sep))) return true;
    if (facts?.isFile()) return !isRecording(below.split(sep).at(-1) ?? '');
    return facts?.isDirectory() === true && !this.#isFirstFolder(path);
  }

  /** A link to a folder that is watched already, which may lead back up without an end. */
  #isFirstFolder(path: string): boolean {
    try {
      return this.#folders.isFirst(path, realpathSync(path));
    } catch {
      return false;
    }
  }

  // A watched folder that is deleted or unmounted gives no notice on every system, one that is replaced gives none at all.
  async #lookForFolder(identity: string): Promise<void> {
    const { folder, name, failed } = this.#options;
    try {
      const facts = await stat(folder);
      if (`${facts.dev} ${facts.ino}` === identity) return;
      failed(
        new CliError(
          'INPUT_NOT_FOUND',
          'input',
          `The watched folder "${name}" was replaced; start again to watch the new one.`,
        ),
      );
    } catch (error) {
      failed(
        isMissing(error)
          ? new CliError(
              'INPUT_NOT_FOUND',
              'input',
              `The watched folder "${name}" is gone; start again when it is back.`,
            )
          : inputError(name, error),
      );
    }
  }
}

/** Which path a file or folder was found under first, where links give it several. */
class FirstPaths {
  readonly #paths = new Map<string, string>();
  readonly #reals = new Map<string, string>();

  isFirst(path: string, real: string): boolean {
    const first = this.#paths.get(real);
    if (first !== undefined) return first === path;
    this.#paths.set(real, path);
    this.#reals.set(path, real);
    return true;
  }

  remove(path: string): void {
    const real = this.#reals.get(path);
    if (real !== undefined) this.#paths.delete(real);
    this.#reals.delete(path);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'ESTALE'].includes(String(error.code));

function identityOf({ folder, name }: FolderWatcherOptions): string {
  let facts: Stats;
  try {
    facts = statSync(resolve(folder));
  } catch (error) {
    throw inputError(name, error);
  }
  if (facts.isDirectory()) return `${facts.dev} ${facts.ino}`;
  throw new CliError('INPUT_NOT_FOUND', 'input', `"${name}" is no folder; watch takes one, run takes files too.`);
}

function watchError(name: string, error: unknown): CliError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EMFILE') {
    const limit = code === 'ENOSPC' ? 'fs.inotify.max_user_watches' : 'fs.inotify.max_user_instances, or ulimit -n';
    return new CliError(
      'WATCH_LIMIT',
      'resource',
      `The system cannot watch so many files below "${name}": raise its limit (${limit}), or use --poll.`,
    );
  }
  return inputError(name, error);
}
