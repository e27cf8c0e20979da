import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$XDG_DATA_HOME/voicelingua/store.sqlite`; on Windows below `%LOCALAPPDATA%`. */
export function defaultStorePath(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homedir();
  const base =
    env.XDG_DATA_HOME ||
    (platform === 'win32' ? env.LOCALAPPDATA || join(home, 'AppData', 'Local') : join(home, '.local', 'share'));
  return join(base, 'voicelingua', 'store.sqlite');
}
