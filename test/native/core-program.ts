import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ROOT } from './addon.js';

const NATIVE = join(ROOT, 'native');

/** A value of the addon's own build. */
export function cached(name: string): string {
  const cache = readFileSync(join(ROOT, 'build/CMakeCache.txt'), 'utf8');
  const value = new RegExp(`^${name}:[A-Z]+=(.*)$`, 'm').exec(cache)?.[1];
  if (value === undefined) throw new Error(`build/CMakeCache.txt has no ${name}; run npm run build:native`);
  return value;
}

/** Sources of native/core by their names. */
export function coreSources(names: readonly string[]): string[] {
  return names.map((name) => join(NATIVE, 'core', `${name}.cc`));
}

/** All sources that lie in a folder of native. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(join(NATIVE, folder))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(NATIVE, folder, name));
}

/** Compiles a test program under the address and undefined-behaviour sanitizers, or without where the compiler has none. */
export function buildProgram(program: string, sources: readonly string[], flags: readonly string[] = []): void {
  const includes = [`-I${NATIVE}`, `-I${join(NATIVE, 'rust/include')}`, '-isystem', cached('VOICELINGUA_CT2_INCLUDE')];
  const common = ['-std=c++17', '-O1', '-g1', '-Wall', '-Wextra', '-Werror', '-pthread', '-fopenmp', ...includes];
  // gcc 12 warns of its own AVX-512 header; each compiler is silent about a warning that it lacks.
  common.push('-Wno-uninitialized', '-Wno-maybe-uninitialized', '-Wno-unknown-warning-option');
  const libraries = [cached('VOICELINGUA_RUST_LIBRARY'), '-fopenmp', '-ldl', '-lm'];
  const compiler = cached('CMAKE_CXX_COMPILER');
  const build = (sanitizers: string[]) =>
    execFileSync(compiler, [...common, ...sanitizers, ...sources, ...flags, ...libraries, '-o', program], {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
  try {
    build(['-fsanitize=address,undefined', '-fno-sanitize-recover=all']);
  } catch (error) {
    if (!/sanitize|asan|ubsan/.test(String((error as { stderr?: string }).stderr))) throw error;
    console.log('skipped: the sanitizers, which this compiler has no runtime for');
    build([]);
  }
}

/** Runs a test program, which must say that at least so many tests passed and none failed. */
export function runProgram(program: string, parameters: readonly string[], least: number): void {
  let output = '';
  try {
    output = execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  }
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  assert.ok(Number(counts?.[1]) >= least, output);
  assert.is(counts?.[2], '0', output);
}
