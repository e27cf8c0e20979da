#!/usr/bin/env node
// Builds the addon: engines into a cache outside the checkout, then native/ into build/Release/voicelingua.node.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addonPath, buildAddon, outputFolder } from './lib/addon.mjs';
import { engineCache, fileMark, hashTree, readJson, withLock, writeJson } from './lib/cache.mjs';
import { prepareCuda } from './lib/cuda.mjs';
import { CommandFailed } from './lib/process.mjs';
import { Progress } from './lib/progress.mjs';
import { buildRust, crateFacts, LIBRARY, rustSourceHash } from './lib/rust.mjs';
import { describeMissing, findTools } from './lib/tools.mjs';
import { buildWhisper, whisperPaths } from './lib/whisper.mjs';

const USAGE = `Usage: node tools/build/build-native.mjs [options]
  --cuda             build the CUDA addon (build-cuda/) instead of the CPU one
  --portable         for common CPUs of this architecture instead of this one alone (binaries to publish)
  --jobs N           compile N files at once (default: all cores)
  --with-whisper-cli build whisper-cli of the same tree too (tests compare with it)
  --engines-only     stop after the engines
  --force            run every step, whatever the stamps say
  --quiet            print errors only
  --print-cache      print the cache folder and stop`;

const flag = { type: 'boolean', default: false };
const OPTIONS = {
  cuda: flag,
  portable: flag,
  jobs: { type: 'string' },
  'with-whisper-cli': flag,
  'engines-only': flag,
  force: flag,
  quiet: flag,
  'print-cache': flag,
  help: flag,
};

async function main() {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return console.log(USAGE);
  const jobs = values.jobs === undefined ? 0 : Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 0) throw new Error(`--jobs must be a whole number, not "${values.jobs}".`);

  const root = realpathSync(join(import.meta.dirname, '..', '..'));
  const tools = findTools();
  if (tools.missing.length > 0) {
    console.error('The native build needs tools that are not there:');
    for (const line of describeMissing(tools.missing)) console.error(`  - ${line}`);
    process.exitCode = 1;
    return;
  }
  const { cuda, portable } = values;
  const env = cuda ? prepareCuda(process.env) : process.env;
  const cache = engineCache({ root, tools, cuda, portable, env });
  if (values['print-cache']) return console.log(JSON.stringify(cache, null, 2));

  const progress = new Progress({ quiet: values.quiet });
  const out = outputFolder(root, cuda);
  for (const folder of [out, cache.directory]) mkdirSync(folder, { recursive: true });
  const context = { root, tools, cache, cuda, portable, jobs, env, progress, out };
  const wait = (pid) => progress.note(`Another build (process ${pid}) is at work in this checkout; waiting for it.`);
  await withLock(join(out, 'lock'), () => build(context, values), wait);
  progress.end();
}

/** Hashes of everything the result depends on; a step is skipped when its own did not change since the last build. */
function sourceHashes({ root, cache }) {
  const native = [
    'CMakeLists.txt',
    'native/core',
    'native/kernels',
    'native/binding',
    'native/rust/include',
    'tools/build/lib/addon.mjs',
  ];
  return {
    root,
    key: cache.key,
    whisper: cache.whisper,
    rust: rustSourceHash(root),
    native: hashTree(
      native.map((path) => join(root, path)),
      undefined,
      root,
    ),
  };
}

function freshSteps({ root, cache, cuda, out }, sources, previous) {
  const same = (name) => previous?.sources?.[name] === sources[name];
  const mark = (saved, path) => saved !== null && saved === fileMark(path);
  const rust =
    same('key') &&
    same('rust') &&
    mark(previous.libraryMark, join(out, 'lib', LIBRARY)) &&
    existsSync(previous.facts.ct2Include);
  const whisper = same('whisper') && readJson(whisperPaths(cache).stamp) !== null;
  const addon = same('native') && same('root') && mark(previous.addonMark, addonPath(root, cuda));
  return { rust, whisper, addon: addon && rust && whisper };
}

async function build(context, options) {
  const { root, tools, cache, cuda, portable, progress, out } = context;
  const stampPath = join(out, 'native.json');
  const sources = sourceHashes(context);
  const previous = options.force ? null : readJson(stampPath);
  const fresh = freshSteps(context, sources, previous);
  if (fresh.addon && !options['with-whisper-cli']) {
    progress.note(`Native build is up to date: ${addonPath(root, cuda)}`);
    return;
  }

  const wait = (pid) => progress.note(`Another build (process ${pid}) is using ${cache.directory}; waiting for it.`);
  if (!fresh.whisper || options['with-whisper-cli']) {
    const work = async () => {
      progress.stage('Engine 1 of 2, whisper.cpp');
      await buildWhisper(context);
      if (options['with-whisper-cli']) await buildWhisper({ ...context, target: 'whisper-cli' });
    };
    await withLock(cache.locks.whisper, work, wait);
  }
  let facts = previous?.facts;
  if (!fresh.rust) {
    const work = async () => {
      const cold = !existsSync(join(cache.cargo, 'release', LIBRARY));
      progress.stage(`Engine 2 of 2, CTranslate2 with oneDNN${cold ? ' (the first time takes many minutes)' : ''}`);
      facts = crateFacts(root, tools, cuda);
      await buildRust({ ...context, out: join(out, 'lib'), crates: facts.crates });
    };
    await withLock(cache.locks.cargo, work, wait);
  }
  const library = join(out, 'lib', LIBRARY);
  // Written before the addon, so that a compile error in native/ does not cost the engines' steps again.
  const stamp = { sources: { ...sources, native: null }, facts, libraryMark: fileMark(library), addonMark: null };
  writeJson(stampPath, stamp);
  if (options['engines-only']) {
    progress.note(`Engines are built: ${cache.directory}`);
    return;
  }
  progress.stage('Addon');
  const whisperTargets = whisperPaths(cache).targets;
  const addon = await buildAddon({ ...context, whisperTargets, rustLibrary: library, ct2Include: facts.ct2Include });
  writeJson(stampPath, { ...stamp, sources, portable, addonMark: fileMark(addon) });
  progress.note(`Built ${addon}`);
}

main().catch((error) => {
  process.exitCode = 1;
  if (error instanceof CommandFailed) {
    console.error(error.output.join('\n'));
    console.error(`\n${error.message}`);
    return;
  }
  console.error(
    error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? `${error.message}\n${USAGE}` : (error.stack ?? String(error)),
  );
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143));
}
