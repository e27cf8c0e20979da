import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import { temporaryFolder } from './addon.js';
import { buildProgram, cached, coreSources, runProgram, sourcesIn } from './core-program.js';
import { makeSileroGgml } from './silero-model.js';

/** The detectors, and what validates and loads Silero's file. */
const CORE = [
  'cancel_tokens',
  'crash_report',
  'embedded_detector',
  'errors',
  'file_reader',
  'ggml_file',
  'ggml_loader',
  'log_sink',
  'model_inspection',
  'rust_calls',
  'silero_detector',
  'silero_layout',
  'speech_detector',
  'whisper_languages',
  'whisper_layout',
];

const folder = temporaryFolder();

test('detectors whose engine fails or is stopped, and what they leave in the log', () => {
  if (process.platform === 'darwin' || process.platform === 'win32') {
    console.log('skipped: computations that fail, for which the linker has no --wrap here');
    return;
  }
  const targets = readFileSync(cached('VOICELINGUA_WHISPER_TARGETS'), 'utf8');
  const all = (pattern: RegExp) => [...targets.matchAll(pattern)].map((match) => match[1] as string);
  const includes = all(/INTERFACE_INCLUDE_DIRECTORIES "([^"]+)"/g).flatMap((list) => list.split(';'));
  const libraries = all(/IMPORTED_LOCATION_\w+ "([^"]+)"/g);
  const program = join(folder, 'detector-tests');
  buildProgram(
    program,
    [...coreSources(CORE), ...sourcesIn('test/engine')],
    [
      ...includes.map((path) => `-I${path}`),
      // The inspection of CTranslate2 folders is in the same file as that of ggml files, and nobody calls it here.
      ...['-ffunction-sections', '-Wl,--gc-sections', '-Wl,--wrap=ggml_backend_sched_graph_compute'],
      ...['-Wl,--start-group', ...libraries, '-Wl,--end-group'],
    ],
  );
  const silero = join(folder, 'silero.bin');
  writeFileSync(silero, makeSileroGgml().bytes);
  runProgram(program, [silero], 3);
});

test.run();
