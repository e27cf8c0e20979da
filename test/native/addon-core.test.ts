import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { ROOT, SHARED, temporaryFolder } from './addon.js';
import { makeWhisperGgml, TINY_WHISPER, writeCt2Folder } from './addon-models.js';
import { buildProgram, coreSources, runProgram, sourcesIn } from './core-program.js';

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
  'silero_layout',
  'sound',
  'utf8',
  'whisper_languages',
  'whisper_layout',
  'whisper_spans',
  'whisper_vocabulary',
  'word_alignment',
  'word_timing',
];

const folder = temporaryFolder();

test('native/core and native/kernels by themselves, under the address and undefined-behaviour sanitizers', () => {
  const program = join(folder, 'core-tests');
  buildProgram(program, [...coreSources(CORE), ...sourcesIn('kernels'), ...sourcesIn('test')]);
  const whisper = join(folder, 'whisper.bin');
  writeFileSync(whisper, makeWhisperGgml({ ...TINY_WHISPER, state: 8, textLayers: 1 }).bytes);
  const translator = join(folder, 'translator');
  writeCt2Folder(translator);
  const jfk = join(SHARED, 'data/ct2-whisper-audio/jfk.npy');
  const samples = existsSync(jfk) ? [jfk] : [];
  if (samples.length === 0) console.log('skipped: the features of ../shared/data/ct2-whisper-audio/jfk.npy');
  runProgram(program, [whisper, translator, folder, ROOT, ...samples], 29);
});

test.run();
