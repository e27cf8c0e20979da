#!/usr/bin/env node
/**
 * Makes twins that say a timed script (timed_twin.py) in the cache and prints their folders. What is there is not made
 * again. They are what bench/speech measures with.
 *
 *   node tools/twins/timed-twins.mjs small:5 tiny:3:clip       SIZE:SECONDS of a segment[, the only one]
 *
 * Needs Python 3 with venv, and PyPI for numpy, ctranslate2 and the assets of openai-whisper's source package.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, digest } from '../build/lib/cache.mjs';
import { preparePython } from './make-twins.mjs';

const SCRIPT = join(import.meta.dirname, 'timed_twin.py');

/**
 * The twin of a Whisper size, made when it is not there.
 * @param seconds length of a segment of its script
 * @param clip whether it says one segment and no more
 * @returns its files and the segments of its script
 */
export function timedTwin(size, seconds, { clip = false } = {}) {
  const folder = join(
    cacheRoot(),
    'twins',
    `timed-${digest(readFileSync(SCRIPT, 'utf8'))}`,
    `${size}-${seconds}s${clip ? '-clip' : ''}`,
  );
  if (!existsSync(folder)) make(folder, size, seconds, clip);
  const { segments } = JSON.parse(readFileSync(join(folder, 'script.json'), 'utf8'));
  return {
    name: `${size} timed twin, ${clip ? `one segment of ${seconds} s` : `${seconds} s a segment`}`,
    size,
    ggml: join(folder, 'ggml.bin'),
    ct2: { int8: join(folder, 'ct2-int8'), float16: join(folder, 'ct2-float16') },
    segments,
  };
}

function make(folder, size, seconds, clip) {
  const { python, assets } = preparePython();
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  process.stderr.write(`making the twin of Whisper ${size}, ${seconds} s a segment${clip ? ', one' : ''}\n`);
  const { status } = spawnSync(python, [SCRIPT, size, String(seconds), draft, clip ? 'clip' : ''], {
    stdio: 'inherit',
    env: { ...process.env, WHISPER_ASSETS: assets },
  });
  if (status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(`${SCRIPT} failed (${status})`);
  }
  renameSync(draft, folder);
}

if (process.argv[1] === import.meta.filename) {
  for (const wanted of process.argv.slice(2)) {
    const [size, seconds, kind] = wanted.split(':');
    console.log(join(timedTwin(size, Number(seconds), { clip: kind === 'clip' }).ggml, '..'));
  }
}
