import { join } from 'node:path';
import { dataFolder } from './package/data-folder.js';

/** `$XDG_DATA_HOME/voicelingua/store.sqlite`; on Windows below `%LOCALAPPDATA%`. */
export function defaultStorePath(env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform): string {
  return join(dataFolder(env, platform), 'store.sqlite');
}
