#!/usr/bin/env node
// Prints the path of whisper-cli built from the same whisper.cpp tree and flags as the addon, building it when needed.
// Another example of that tree by its target name: node tools/build/whisper-cli.mjs whisper-server
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { engineCache, withLock } from './lib/cache.mjs';
import { Progress } from './lib/progress.mjs';
import { describeMissing, findTools } from './lib/tools.mjs';
import { buildWhisper, whisperPaths } from './lib/whisper.mjs';

const target = process.argv[2] ?? 'whisper-cli';
const root = realpathSync(join(import.meta.dirname, '..', '..'));
const tools = findTools();
if (tools.missing.length > 0) {
  console.error(describeMissing(tools.missing).join('\n'));
  process.exit(1);
}
const cache = engineCache({ root, tools, cuda: false });
const program = join(whisperPaths(cache).build, 'bin', process.platform === 'win32' ? `${target}.exe` : target);
if (!existsSync(program)) {
  mkdirSync(cache.directory, { recursive: true });
  const progress = new Progress();
  progress.stage(target);
  const context = { root, tools, cache, cuda: false, jobs: 0, env: process.env, progress };
  await withLock(cache.locks.whisper, () => buildWhisper({ ...context, target }));
  progress.end();
}
console.log(program);
