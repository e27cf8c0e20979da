/** What was measured, so that a figure can be had again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../lib/measure.mjs';
import { ROOT } from '../../lib/paths.mjs';
import { library } from '../../lib/subjects.mjs';

/** Versions of the library and its engines, with the commit that was built. */
export async function ourVersions() {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const addon = (await checks('auto')).find(({ name }) => name === 'addon');
  return [`voicelingua ${version}`, await commit(), addon.detail.replace(/;[^;]*\)$/, ')')];
}

/** Ends the program with the reason where the library cannot use the device. */
export async function requireDevice(device) {
  const reports = await checks(device).catch((error) => [{ name: 'device', ok: false, detail: error.message }]);
  const report = reports.find(({ name }) => name === 'device');
  if (['cpu', 'cuda'].includes(device) && report.ok && report.detail.startsWith(device)) return;
  console.error(`The device "${device}" cannot be used: ${report.detail}`);
  process.exit(2);
}

async function checks(device) {
  const { openVoiceLingua } = await library();
  const lingua = await openVoiceLingua({ store: ':memory:', device });
  try {
    return (await lingua.doctor()).checks;
  } finally {
    await lingua.close();
  }
}

/** Generated files of benches do not count as changes. */
async function commit() {
  try {
    const git = async (...args) => (await command('git', args, { cwd: ROOT })).stdout.trim();
    const changed = (await git('status', '--porcelain', '--untracked-files=no')) === '' ? '' : ' with changes';
    return `commit ${await git('rev-parse', '--short', 'HEAD')}${changed}`;
  } catch {
    return 'commit unknown';
  }
}
