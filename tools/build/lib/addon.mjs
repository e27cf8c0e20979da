import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cudaSettings } from './cuda.mjs';
import { run } from './process.mjs';

const require = createRequire(import.meta.url);

/** `build` for the CPU addon, `build-cuda` for the CUDA one. */
export function outputFolder(root, cuda) {
  return join(root, cuda ? 'build-cuda' : 'build');
}

export function addonPath(root, cuda) {
  return join(outputFolder(root, cuda), 'Release', 'voicelingua.node');
}

/** Configures and builds the addon through cmake-js (for its toolset search and header locations; nothing is downloaded). */
export async function buildAddon({ root, tools, whisperTargets, rustLibrary, ct2Include, cuda, jobs, env, progress }) {
  const out = outputFolder(root, cuda);
  mkdirSync(out, { recursive: true });
  forgetMovedBuild(out, root);
  const { CMake } = require('cmake-js');
  const options = {
    directory: root,
    out,
    config: 'Release',
    isNodeApi: true,
    silent: true,
    cmakePath: tools.cmake === 'cmake' ? undefined : tools.cmake,
    parallel: String(jobs || availableParallelism()),
    cMakeOptions: {
      VOICELINGUA_WHISPER_TARGETS: whisperTargets,
      VOICELINGUA_RUST_LIBRARY: rustLibrary,
      VOICELINGUA_CT2_INCLUDE: ct2Include,
      ...(cuda ? cudaSettings(env) : {}),
    },
  };
  const cmake = new CMake(options);
  const [configure, ...configureArgs] = await cmake.getConfigureCommand();
  await run(configure, configureArgs, { cwd: out, env });
  const [build, ...buildArgs] = await cmake.getBuildCommand();
  await run(build, buildArgs, {
    cwd: out,
    env,
    onLine(line) {
      const percent = /^\[\s*(\d+)%\]/.exec(line) ?? /^\[(\d+)\/(\d+)\]/.exec(line);
      if (percent) progress.update('native/core and native/binding', Number(percent[1]), Number(percent[2] ?? 100));
    },
  });
  const addon = addonPath(root, cuda);
  if (!existsSync(addon)) throw new Error(`The build ended without ${addon}.`);
  return addon;
}

/** A CMake tree that was made for another place cannot be used again (the checkout was moved or copied). */
function forgetMovedBuild(out, root) {
  const cacheFile = join(out, 'CMakeCache.txt');
  if (!existsSync(cacheFile)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cacheFile, 'utf8'))?.[1];
  if (home === root) return;
  rmSync(cacheFile, { force: true });
  rmSync(join(out, 'CMakeFiles'), { recursive: true, force: true });
}
