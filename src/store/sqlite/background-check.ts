import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type SerializedError, toVoiceLinguaError, type VoiceLinguaError } from '../../domain/errors.js';
import { entryUrl, PACKAGE_ROOT } from '../../package/files.js';

/**
 * Checks a store that is too large for a check when it is opened: later, once, at the lowest priority. It is a child process
 * because one statement reads the whole file: a thread could not be stopped in the middle of it, and a process must not have to
 * wait for it to end. Processes that are shorter than the delay never pay for it. It keeps nobody alive.
 */
export class BackgroundCheck {
  readonly #timer: NodeJS.Timeout;
  #child: ChildProcess | null = null;
  readonly #kill = (): void => {
    this.#child?.kill('SIGKILL');
  };

  /** @param onDamage told when the store is damaged; a check that cannot be made tells nothing. */
  constructor(path: string, afterMs: number, onDamage: (error: VoiceLinguaError) => void) {
    this.#timer = setTimeout(() => this.#start(path, onDamage), afterMs);
    this.#timer.unref();
  }

  /** Resolves when nothing of the check holds the file any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) return;
    const ended = once(child, 'exit');
    child.ref();
    this.#kill();
    await ended;
  }

  #start(path: string, onDamage: (error: VoiceLinguaError) => void): void {
    const entry = fileURLToPath(entryUrl('store/sqlite/check-child', 'cjs'));
    const loader = entry.endsWith('.ts') ? ['--import', 'tsx'] : [];
    const child = spawn(process.execPath, [...loader, entry, path], {
      // `--import tsx` is looked up from the working directory.
      cwd: PACKAGE_ROOT,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#child = child;
    process.once('exit', this.#kill);
    const ended = (): void => {
      process.off('exit', this.#kill);
      this.#child = null;
    };
    child.once('error', ended);
    child.once('exit', ended);
    child.once('message', (error) => onDamage(toVoiceLinguaError(error as SerializedError)));
    child.unref();
    child.channel?.unref();
    try {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended already, or the system does not allow it: then it runs at our own priority.
    }
  }
}
