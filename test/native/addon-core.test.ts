import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT, SHARED, temporaryFolder } from './addon.js';
import { makeWhisperGgml, TINY_WHISPER, writeCt2Folder } from './addon-models.js';

/** The parts of native/core that work without an engine; the Rust library is linked for its tokenizer and features. */
const CORE = [
  'block_cache',
  'cancel_tokens',
  'ct2_binary',
  'ct2_folder',
  'ct2_transformer',
  'ct2_whisper_config',
  'errors',
  'file_reader',
  'ggml_file',
  'model_inspection',
  'rust_calls',
  'utf8',
  'whisper_layout',
  'whisper_spans',
  'whisper_vocabulary',
  'word_alignment',
  'word_timing',
];

const folder = temporaryFolder();

function cached(name: string): string {
  const cache = readFileSync(join(ROOT, 'build/CMakeCache.txt'), 'utf8');
  const value = new RegExp(`^${name}:[A-Z]+=(.*)$`, 'm').exec(cache)?.[1];
  if (value === undefined) throw new Error(`build/CMakeCache.txt has no ${name}; run npm run build:native`);
  return value;
}

test('native/core and native/kernels by themselves, under the address and undefined-behaviour sanitizers', () => {
  const program = join(folder, 'core-tests');
  const native = join(ROOT, 'native');
  const sources = [
    ...CORE.map((name) => join(native, 'core', `${name}.cc`)),
    ...['kernels', 'test'].flatMap((room) =>
      readdirSync(join(native, room))
        .filter((name) => name.endsWith('.cc'))
        .map((name) => join(native, room, name)),
    ),
  ];
  const includes = [`-I${native}`, `-I${join(native, 'rust/include')}`, '-isystem', cached('VOICELINGUA_CT2_INCLUDE')];
  const flags = ['-std=c++17', '-O1', '-g1', '-Wall', '-Wextra', '-Werror', '-pthread', '-fopenmp', ...includes];
  // gcc 12 warns of its own AVX-512 header; each compiler is silent about a warning that it lacks.
  flags.push('-Wno-uninitialized', '-Wno-maybe-uninitialized', '-Wno-unknown-warning-option');
  const libraries = [cached('VOICELINGUA_RUST_LIBRARY'), '-fopenmp', '-ldl', '-lm'];
  const compiler = cached('CMAKE_CXX_COMPILER');
  const build = (sanitizers: string[]) =>
    execFileSync(compiler, [...flags, ...sanitizers, ...sources, ...libraries, '-o', program], {
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
  const whisper = join(folder, 'whisper.bin');
  writeFileSync(whisper, makeWhisperGgml({ ...TINY_WHISPER, state: 8, textLayers: 1 }).bytes);
  const translator = join(folder, 'translator');
  writeCt2Folder(translator);
  const jfk = join(SHARED, 'data/ct2-whisper-audio/jfk.npy');
  const samples = existsSync(jfk) ? [jfk] : [];
  if (samples.length === 0) console.log('skipped: the features of ../shared/data/ct2-whisper-audio/jfk.npy');
  let output = '';
  try {
    output = execFileSync(program, [whisper, translator, folder, ROOT, ...samples], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  }
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  assert.ok(Number(counts?.[1]) >= 29, output);
  assert.is(counts?.[2], '0', output);
});

test.run();
