#!/usr/bin/env node
/**
 * Makes shape-true models with scripted output (../shared/twins/twins.py) in the cache, for exactness tests and
 * benchmarks, and prints their folder. What is there is not made again.
 *
 *   node tools/twins/make-twins.mjs tiny base small medium m2m faster-whisper
 *
 * The last is no twin: it installs the Python package that one exactness test compares with.
 *
 * Needs Python 3 with venv, and PyPI for numpy, ctranslate2 and the assets of openai-whisper's source package.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, digest } from '../build/lib/cache.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const SCRIPT = join(ROOT, '..', 'shared', 'twins', 'twins.py');
const PACKAGES = ['numpy==2.4.6', 'ctranslate2==4.8.4'];
const WHISPER = 'openai_whisper==20250625';

/** Folder of the twins, or null without their script. */
export function twinsFolder() {
  if (!existsSync(SCRIPT)) return null;
  return join(cacheRoot(), 'twins', digest(readFileSync(SCRIPT, 'utf8')));
}

/** The file or folder that stands for a twin: `tiny` … a ggml file, `m2m` a CTranslate2 folder. */
export function twinPath(folder, name) {
  return join(folder, name === 'm2m' ? 'ct2-m2m100-twin' : `ggml-${name}-twin.bin`);
}

/** Python with ctranslate2, as the twins and the exactness tests use it. */
export function peerPython() {
  return join(cacheRoot(), 'python-peers', 'bin', 'python');
}

/** The CTranslate2 folder with the weights of a Whisper twin. */
export function ct2TwinPath(folder, name) {
  return join(folder, `ct2-${name}-twin`);
}

/** Python with faster-whisper, as an exactness test uses it (`make-twins.mjs faster-whisper`). */
export function fasterWhisperPython() {
  return join(cacheRoot(), 'python-faster-whisper', 'bin', 'python');
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
  if (result.status !== 0)
    throw new Error(`${command} ${args[0] ?? ''} failed (${result.error?.message ?? result.status})`);
}

/** Python and the assets of Whisper that twins are made with, installed when they are not there. */
export function preparePython() {
  const python = peerPython();
  const venv = join(cacheRoot(), 'python-peers');
  if (!existsSync(join(venv, 'ready'))) {
    rmSync(venv, { recursive: true, force: true });
    run('python3', ['-m', 'venv', venv]);
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
    mkdirSync(join(venv, 'ready'));
  }
  const assets = join(cacheRoot(), 'whisper-assets');
  if (!existsSync(join(assets, 'mel_filters.npz'))) {
    const draft = `${assets}.${process.pid}`;
    mkdirSync(draft, { recursive: true });
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
    run(python, [...pip, '--no-binary', ':all:', '--dest', draft, WHISPER]);
    run('tar', ['-xzf', join(draft, 'openai_whisper-20250625.tar.gz'), '-C', draft, '--strip-components=1']);
    renameSync(join(draft, 'whisper', 'assets'), assets);
    rmSync(draft, { recursive: true, force: true });
  }
  return { python, assets };
}

function prepareFasterWhisper() {
  const venv = join(cacheRoot(), 'python-faster-whisper');
  if (existsSync(join(venv, 'ready'))) return;
  run('python3', ['-m', 'venv', venv]);
  const packages = [...PACKAGES, 'faster-whisper==1.2.1'];
  run(fasterWhisperPython(), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  mkdirSync(join(venv, 'ready'));
}

function make(folder, name, { python, assets }) {
  const path = twinPath(folder, name);
  if (existsSync(path)) return;
  const draft = join(folder, `draft-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  process.stderr.write(`making the twin "${name}"\n`);
  const args = name === 'm2m' ? ['m2m', draft] : ['whisper', name, draft];
  run(python, [SCRIPT, ...args], { env: { ...process.env, WHISPER_ASSETS: assets } });
  if (name !== 'm2m') renameSync(join(draft, `ct2-${name}-twin`), join(folder, `ct2-${name}-twin`));
  renameSync(twinPath(draft, name), path);
  rmSync(draft, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) {
  const folder = twinsFolder();
  if (folder === null) {
    console.error('There is no ../shared/twins/twins.py beside this checkout.');
    process.exit(1);
  }
  mkdirSync(folder, { recursive: true });
  const python = preparePython();
  for (const name of process.argv.slice(2)) {
    if (name === 'faster-whisper') prepareFasterWhisper();
    else make(folder, name, python);
  }
  console.log(folder);
}
