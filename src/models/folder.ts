import { join, resolve } from 'node:path';
import { dataFolder } from '../package/data-folder.js';

/** Where models lie that are known by name and do not come with the package: `$VOICELINGUA_MODELS`, or `models` beside the store. */
export function modelsFolder(env: NodeJS.ProcessEnv = process.env, platform?: NodeJS.Platform): string {
  return env.VOICELINGUA_MODELS ? resolve(env.VOICELINGUA_MODELS) : join(dataFolder(env, platform), 'models');
}
