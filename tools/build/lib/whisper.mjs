import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { digest, readJson, writeJson } from './cache.mjs';
import { cudaSettings } from './cuda.mjs';
import { run } from './process.mjs';
import { ObjectCounter } from './progress.mjs';

/** Parts of the package's tree that a build reads; the rest is media, bindings and model scripts. */
const PARTS = [
  'CMakeLists.txt',
  'LICENSE',
  'cmake',
  'ggml',
  'grammars',
  'include',
  'src',
  'examples',
  'bindings/javascript',
];

/** Where the engine's headers and exported targets are once built. */
export function whisperPaths(cache) {
  const tree = join(cache.whisper, 'source', 'whisper.cpp');
  return {
    tree,
    build: join(cache.whisper, 'build'),
    targets: join(cache.whisper, 'build', 'whisper-targets.cmake'),
    stamp: join(cache.whisper, 'built.json'),
  };
}

/** The sources are copied into the cache: the result must outlive the checkout that built it first. */
function stageSources(root, cache) {
  const source = join(cache.whisper, 'source');
  const stamp = join(cache.whisper, 'source.json');
  if (readJson(stamp)?.version === cache.whisperVersion) return source;
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  const upstream = join(root, 'node_modules/nodejs-whisper/cpp/whisper.cpp');
  for (const part of PARTS) {
    const from = join(upstream, part);
    if (existsSync(from))
      cpSync(from, join(source, 'whisper.cpp', part), { recursive: true, preserveTimestamps: true });
  }
  cpSync(join(root, 'vendor/whisper/CMakeLists.txt'), join(source, 'CMakeLists.txt'));
  writeJson(stamp, { version: cache.whisperVersion });
  return source;
}

function configureArguments(source, build, { cuda, portable, env }) {
  const settings = {
    CMAKE_BUILD_TYPE: 'Release',
    VOICELINGUA_PORTABLE: portable ? 'ON' : 'OFF',
    ...(cuda ? cudaSettings(env) : {}),
  };
  return ['-S', source, '-B', build, ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`)];
}

/** Builds ggml and whisper.cpp (target `engine`), or one of the package's examples by its target name. */
export async function buildWhisper({
  root,
  tools,
  cache,
  cuda,
  portable = false,
  jobs,
  env,
  progress,
  target = 'engine',
}) {
  const paths = whisperPaths(cache);
  if (target === 'engine' && readJson(paths.stamp) !== null && existsSync(paths.targets)) return paths;
  mkdirSync(cache.whisper, { recursive: true });
  const source = stageSources(root, cache);
  const args = configureArguments(source, paths.build, { cuda, portable, env });
  const configured = join(cache.whisper, 'configured.json');
  if (readJson(configured)?.arguments !== digest(args)) {
    await run(tools.cmake, args, { env });
    writeJson(configured, { arguments: digest(args) });
  }
  const counter = new ObjectCounter(paths.build);
  await run(
    tools.cmake,
    [
      '--build',
      paths.build,
      '--config',
      'Release',
      '--target',
      target,
      '--parallel',
      String(jobs || availableParallelism()),
    ],
    {
      env,
      onLine(line) {
        const percent = /^\[\s*(\d+)%\]/.exec(line) ?? /^\[(\d+)\/(\d+)\]/.exec(line);
        if (percent) {
          progress.update(target === 'engine' ? 'whisper.cpp' : target, Number(percent[1]), Number(percent[2] ?? 100));
        }
      },
    },
  );
  if (target === 'engine') writeJson(paths.stamp, { version: cache.whisperVersion, objects: counter.count().done });
  return paths;
}
