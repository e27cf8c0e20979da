import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Compute capabilities of a release build: A100, RTX 30, RTX 40, H100/H200, Blackwell. */
export const RELEASE_ARCHITECTURES = '8.0;8.6;8.9;9.0;12.0';

/**
 * The environment of a CUDA build: toolkit folder and architectures, with defaults.
 * @throws {Error} when no toolkit is found, naming how to give one.
 */
export function prepareCuda(env) {
  const candidates = [env.CUDA_PATH, env.CUDA_ROOT, '/usr/local/cuda', '/opt/cuda'].filter(Boolean);
  const toolkit = candidates.find((path) => existsSync(join(path, 'include', 'cuda.h')));
  if (toolkit === undefined) {
    throw new Error(
      `No CUDA toolkit was found (looked for include/cuda.h in ${candidates.join(', ')}). Install one and set CUDA_PATH to its folder.`,
    );
  }
  return {
    ...env,
    CUDA_PATH: toolkit,
    CUDA_ARCH_LIST: env.CUDA_ARCH_LIST || RELEASE_ARCHITECTURES,
    PATH: `${join(toolkit, 'bin')}:${env.PATH ?? ''}`,
  };
}

/** `CUDA_ARCH_LIST` is CTranslate2's spelling (`8.0;9.0`); CMake's has no dot (`80;90`). */
export function cudaArchitectures(env) {
  return env.CUDA_ARCH_LIST.split(/[;,\s]+/)
    .filter(Boolean)
    .map((entry) => entry.replace('.', ''))
    .join(';');
}

/** CMake settings of a CUDA build, for the environment that `prepareCuda` gives. */
export function cudaSettings(env) {
  return {
    VOICELINGUA_CUDA: 'ON',
    CUDAToolkit_ROOT: env.CUDA_PATH,
    CMAKE_CUDA_COMPILER: join(env.CUDA_PATH, 'bin', 'nvcc'),
    CMAKE_CUDA_ARCHITECTURES: cudaArchitectures(env),
  };
}
