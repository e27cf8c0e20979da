import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the data of this user lies: `$XDG_DATA_HOME/voicelingua`; on Windows below `%LOCALAPPDATA%`. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const home = homedir();
  const base =
    env.XDG_DATA_HOME ||
    (platform === 'win32' ? env.LOCALAPPDATA || join(home, 'AppData', 'Local') : join(home, '.local', 'share'));
  return join(base, 'voicelingua');
}
