/** The peers: installed into folders of their own when they are not there, with the versions that were installed. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from '../../../tools/build/lib/cache.mjs';
import { command } from '../../lib/measure.mjs';
import { whisperProgram } from '../../lib/subjects.mjs';

const HERE = join(import.meta.dirname, '..');
const VENV = join(HERE, '.peers', 'python');
const REQUIREMENTS = join(HERE, 'requirements.txt');
const NODE_PACKAGE = join(HERE, 'node_modules', 'nodejs-whisper');
const NODE_TREE = join(NODE_PACKAGE, 'cpp', 'whisper.cpp');
/** Those of the many packages in the environment that do the work. */
const TOLD = /^(faster-whisper|ctranslate2|numpy|onnxruntime|tokenizers|av)==/i;

const say = (what) => process.stderr.write(`  installing ${what}\n`);

/** Python with faster-whisper, pinned by requirements.txt; made anew when that changes. */
export async function fasterWhisper() {
  const python = join(VENV, 'bin', 'python');
  const stamp = join(VENV, 'installed.txt');
  const wanted = digest(readFileSync(REQUIREMENTS, 'utf8'));
  const [found, ...versions] = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim().split('\n') : [];
  if (found === wanted) return { python, versions };
  say('faster-whisper');
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(VENV, { recursive: true });
  await command('python3', ['-m', 'venv', VENV]);
  const pip = ['-m', 'pip', '--disable-pip-version-check'];
  await command(python, [...pip, 'install', '--quiet', '--requirement', REQUIREMENTS]);
  const { stdout } = await command(python, [...pip, 'freeze']);
  const { stdout: version } = await command(python, ['--version']);
  const installed = [version.trim(), ...stdout.split('\n').filter((line) => TOLD.test(line))];
  writeFileSync(stamp, `${[wanted, ...installed].join('\n')}\n`);
  return { python, versions: installed };
}

/**
 * nodejs-whisper with whisper-cli built as the package itself would on its first call (`cmake -B build`, the same
 * targets' flags), only without the other programs of the tree.
 */
export async function nodejsWhisper() {
  if (!existsSync(NODE_PACKAGE)) {
    say('nodejs-whisper');
    await command('npm', ['ci', '--no-audit', '--no-fund'], { cwd: HERE });
  }
  if (!existsSync(join(NODE_TREE, 'build', 'bin', 'whisper-cli'))) {
    say("nodejs-whisper's whisper-cli");
    await command('cmake', ['-B', 'build'], { cwd: NODE_TREE });
    const build = ['--build', 'build', '--config', 'Release', '--target', 'whisper-cli', '--parallel', '2'];
    await command('cmake', build, { cwd: NODE_TREE });
  }
  const { version } = JSON.parse(readFileSync(join(NODE_PACKAGE, 'package.json'), 'utf8'));
  const { nodewhisper } = (await import('nodejs-whisper')).default;
  return { nodewhisper, versions: [`nodejs-whisper==${version} (${whisperVersion()})`] };
}

/** whisper-server of the addon's own tree and flags. */
export async function whisperServer() {
  return { program: await whisperProgram('whisper-server'), versions: [whisperVersion('whisper-server')] };
}

/** The pinned tree is the one in the package that the addon is built from; the same version as the peer's own copy. */
export function whisperVersion(name = 'whisper.cpp') {
  const tree = join(HERE, '..', '..', 'node_modules/nodejs-whisper/cpp/whisper.cpp/CMakeLists.txt');
  const version = /project\("whisper\.cpp" VERSION ([\d.]+)\)/.exec(readFileSync(tree, 'utf8'))?.[1] ?? 'unknown';
  return `${name} ${version}`;
}
