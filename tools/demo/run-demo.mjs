// `npm run demo`: the command line's own demo, from the build that npm has just made. Arguments are passed on.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../bin/voicelingua.js', import.meta.url));
const { status, signal } = spawnSync(process.execPath, [launcher, 'demo', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
if (signal !== null) process.stderr.write(`error: the demo was ended by ${signal}\n`);
process.exitCode = status ?? 1;
