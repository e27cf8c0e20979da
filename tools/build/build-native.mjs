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
  --portable         for any x86-64-v3 or ARMv8 CPU instead of this one alone (binaries to publish)
  --jobs N           compile N files at once (default: all cores)
  --with-whisper-cli build whisper-cli of the same tree too (tests compare with it)
  --engines-only     stop after the engines
  --force            run every step, whatever the stamps say
  --quiet            print errors only
  --print-cache      print the cache folder and stop`;

async function main() {
  const { values } = parseArgs({
    options: {
      cuda: { type: 'boolean', default: false },
      portable: { type: 'boolean', default: false },
      jobs: { type: 'string' },
      'with-whisper-cli': { type: 'boolean', default: false },
      'engines-only': { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      'print-cache': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
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
  const env = values.cuda ? prepareCuda(process.env) : process.env;
  const cache = engineCache({ root, tools, cuda: values.cuda, portable: values.portable, env });
  if (values['print-cache']) return console.log(JSON.stringify(cache, null, 2));

  const progress = new Progress({ quiet: values.quiet });
  const context = { root, tools, cache, cuda: values.cuda, portable: values.portable, jobs, env, progress };
  const out = outputFolder(root, values.cuda);
  const stampPath = join(out, 'native.json');
  const library = join(out, 'lib', LIBRARY);
  const sources = {
    key: cache.key,
    whisper: cache.whisper,
    rust: rustSourceHash(root),
    native: hashTree(
      ['CMakeLists.txt', 'native/core', 'native/binding', 'native/rust/include', 'tools/build/lib/addon.mjs'].map(
        (path) => join(root, path),
      ),
    ),
    root,
  };
  const previous = values.force ? null : readJson(stampPath);
  const same = (name) => previous !== null && previous.sources?.[name] === sources[name];
  const rustFresh = same('key') && same('rust') && previous.libraryMark === fileMark(library);
  const whisperFresh = same('whisper') && readJson(whisperPaths(cache).stamp) !== null;
  const addonFresh =
    same('native') &&
    same('root') &&
    previous.addonMark !== null &&
    previous.addonMark === fileMark(addonPath(root, values.cuda));
  if (rustFresh && whisperFresh && addonFresh && !values['with-whisper-cli']) {
    progress.note(`Native build is up to date: ${addonPath(root, values.cuda)}`);
    return;
  }

  mkdirSync(cache.directory, { recursive: true });
  const wait = (pid) => progress.note(`Another build (process ${pid}) is using ${cache.directory}; waiting for it.`);
  let facts = previous?.facts;
  await withLock(
    join(cache.directory, 'lock'),
    async () => {
      if (!whisperFresh || values['with-whisper-cli']) {
        progress.stage('Engine 1 of 2, whisper.cpp');
        await buildWhisper(context);
        if (values['with-whisper-cli']) await buildWhisper({ ...context, target: 'whisper-cli' });
      }
      if (!rustFresh || facts === undefined) {
        const cold = !existsSync(join(cache.cargo, 'release', LIBRARY));
        progress.stage(`Engine 2 of 2, CTranslate2 with oneDNN${cold ? ' (the first time takes many minutes)' : ''}`);
        facts = crateFacts(root, tools, values.cuda);
        await buildRust({ ...context, out: join(out, 'lib'), crates: facts.crates });
      }
    },
    wait,
  );
  // Written before the addon, so that a compile error in native/ does not cost the engines' steps again.
  const stamp = { sources: { ...sources, native: null }, facts, libraryMark: fileMark(library), addonMark: null };
  writeJson(stampPath, stamp);
  if (values['engines-only']) {
    progress.note(`Engines are built: ${cache.directory}`);
    return;
  }
  progress.stage('Addon');
  const addon = await buildAddon({
    ...context,
    whisperTargets: whisperPaths(cache).targets,
    rustLibrary: library,
    ct2Include: facts.ct2Include,
  });
  writeJson(stampPath, { ...stamp, sources, portable: values.portable, addonMark: fileMark(addon) });
  progress.note(`Built ${addon}`);
  progress.end();
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
