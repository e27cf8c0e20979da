import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Io } from './io.js';
import type { Ui } from './ui.js';

type Env = Readonly<Record<string, string | undefined>>;

/** `voicelingua/log/voicelingua.log` in the XDG state folder; on Windows below `%LOCALAPPDATA%`. */
export function defaultLogFile(env: Env): string {
  const home = env.HOME || homedir();
  const base =
    env.XDG_STATE_HOME ||
    (process.platform === 'win32' ? env.LOCALAPPDATA || join(home, 'AppData', 'Local') : join(home, '.local', 'state'));
  return join(base, 'voicelingua', 'log', 'voicelingua.log');
}

/**
 * The log file to open; undefined for `none`, and, with a warning, when the default one cannot be written: nobody asked
 * for it, so no work fails for it. A file that was asked for is left to the library to refuse.
 */
export function usableLogFile(file: string | undefined, io: Io, ui: Ui): string | undefined {
  if (file === undefined || file === 'none') return undefined;
  const path = resolve(io.cwd, file);
  if (path !== defaultLogFile(io.env)) return path;
  try {
    mkdirSync(dirname(path), { recursive: true });
    accessSync(dirname(path), constants.W_OK);
    return path;
  } catch (error) {
    ui.warning(`no log is written: ${(error as Error).message} (--log-file takes another file, or none)`);
    return undefined;
  }
}
