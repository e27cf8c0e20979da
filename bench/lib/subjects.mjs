import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { twinPath, twinsFolder } from '../../tools/twins/make-twins.mjs';
import { command } from './measure.mjs';
import { ROOT, WORK } from './paths.mjs';

/** whisper-cli, or another example, of the addon's own whisper.cpp tree and flags, built when it is not there. */
export async function whisperProgram(target = 'whisper-cli') {
  const { stdout } = await command(process.execPath, [join(ROOT, 'tools/build/whisper-cli.mjs'), target]);
  return stdout.trim().split('\n').at(-1);
}

/** The first twin of these Whisper sizes that was made (tools/twins), else the demo model. */
export function speechModel(...sizes) {
  const folder = twinsFolder();
  for (const size of folder === null ? [] : sizes) {
    const path = twinPath(folder, size);
    if (existsSync(path)) return { name: `${size} twin, f16`, path };
  }
  return { name: 'demo-stt', path: join(ROOT, 'models/demo-stt/ggml-demo-stt.bin') };
}

/** The compiled library, as a user of the package gets it. */
export function library() {
  return import(join(ROOT, 'dist/index.js'));
}

let stores = 0;

/** An instance with a store of its own, so that no run is answered from an earlier one. */
export async function open(options) {
  const { openVoiceLingua } = await library();
  return openVoiceLingua({ store: join(WORK, `store-${process.pid}-${stores++}.sqlite`), ...options });
}
