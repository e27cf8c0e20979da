import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALIASES } from '../../src/cli/aliases.js';
import { translateDialect } from '../../src/cli/dialect.js';
import { buildProgram } from '../../src/cli/program.js';
import { resolveSettings, type Settings } from '../../src/cli/settings.js';
import { cli, Sink } from './support.js';

type Expected = Settings | RegExp | 'help';

/** What a call of `transcribe` with these flags sets, or why it is refused. */
async function meaning(argv: readonly string[]): Promise<Settings | string> {
  const stderr = new Sink(false);
  const io = { stdin: Readable.from([]), stdout: new Sink(false), stderr, env: {}, cwd: '/' };
  let settings: Settings | null = null;
  const program = buildProgram(io, async (invocation) => {
    const { logFile: _, ...set } = resolveSettings(invocation.settings, invocation.flags, {}, { path: '', values: {} });
    const { detectLanguage } = invocation.flags;
    settings = { ...set, ...(detectLanguage === undefined ? {} : { detectLanguage }) } as Settings;
  });
  try {
    await program.parseAsync(['transcribe', 'talk.wav', ...argv], { from: 'user' });
  } catch (error) {
    return stderr.text || (error as Error).message;
  }
  return settings ?? stderr.text;
}

const MILLISECONDS = 1500;

/** Every flag of whisper-cli 1.8 (examples/cli/cli.cpp), short and long. */
const WHISPER_CLI: ReadonlyArray<readonly [flags: string, value: string | null, expected: Expected]> = [
  ['-h --help', null, 'help'],
  ['-t', '4', /-t is --to, the target languages; threads are --threads N/],
  ['--threads', '4', { threads: 4 }],
  ['-p', '2', /as processors it is --jobs/],
  ['--processors', '2', { jobs: 2 }],
  ['-ot --offset-t', '1500', { offset: MILLISECONDS }],
  ['-on --offset-n', '3', /segments count from 0/],
  ['-d', '1500', { duration: MILLISECONDS }],
  ['--duration', '1500', { duration: 1_500_000 }],
  ['-mc --max-context', '0', {}],
  ['-mc --max-context', '64', /--strategy sequential/],
  ['-ml --max-len', '40', { maxLineLength: 40 }],
  ['-sow --split-on-word', null, {}],
  ['-bo --best-of', '3', { bestOf: 3 }],
  ['-bs --beam-size', '3', { beamSize: 3 }],
  ['-ac --audio-ctx', '0', { audioCtx: 'full' }],
  ['-ac --audio-ctx', '512', { audioCtx: 512 }],
  ['--audio-ctx', 'fitted', { audioCtx: 'fitted' }],
  ['--audio-ctx', 'most', /fitted, full or a whole number/],
  ['--audio-ctx', '1501', /between 0 and 1500/],
  ['-wt --word-thold', '0.1', /--word-timestamps/],
  ['-et --entropy-thold', '2.40', {}],
  ['-et --entropy-thold', '2.2', /--compression-ratio-threshold/],
  ['-lpt --logprob-thold', '-0.5', { logprobThreshold: -0.5 }],
  ['-nth --no-speech-thold', '0.3', { noSpeechThreshold: 0.3 }],
  ['-tp --temperature', '0.2', { temperature: 0.2 }],
  ['-tpi --temperature-inc', '0.1', { temperatureIncrement: 0.1 }],
  ['-debug --debug-mode', null, /VOICELINGUA_DEBUG/],
  ['-tr --translate', null, { task: 'translate' }],
  ['-di --diarize', null, { splitChannels: true }],
  ['-tdrz --tinydiarize', null, /--split-channels/],
  ['-nf --no-fallback', null, { temperatureIncrement: 0 }],
  ['-otxt --output-txt', null, { format: ['txt'] }],
  ['-ovtt --output-vtt', null, { format: ['vtt'] }],
  ['-osrt --output-srt', null, { format: ['srt'] }],
  ['-owts --output-words', null, /--highlight-words/],
  ['-olrc --output-lrc', null, { format: ['lrc'] }],
  ['-fp --font-path', 'x.ttf', /no video/],
  ['-ocsv --output-csv', null, { format: ['csv'] }],
  ['-oj --output-json', null, { format: ['json'] }],
  ['-ojf --output-json-full', null, { format: ['json'] }],
  ['-of --output-file', 'x', /--out DIR and --text-id ID/],
  ['-np --no-prints', null, { quiet: true }],
  ['-ps --print-special', null, /--json/],
  ['-pc --print-colors', null, /--json/],
  ['--print-confidence', null, /--json/],
  ['-pp --print-progress', null, {}],
  ['-nt --no-timestamps', null, { noTimestamps: true }],
  ['-l --language', 'de', { language: 'de' }],
  ['-dl --detect-language', null, { detectLanguage: true } as Settings],
  ['--prompt', 'Ada', { prompt: 'Ada' }],
  ['--carry-initial-prompt', null, { carryPrompt: true }],
  ['-m --model', 'ggml-small.bin', { sttModel: 'ggml-small.bin' }],
  ['-f', 'talk.wav', /-f is --format; recordings are named without a flag/],
  ['--file', 'talk.wav', /recordings are named without a flag/],
  ['-oved --ov-e-device', 'CPU', /OpenVINO/],
  ['-dtw --dtw', 'small', /--word-timestamps/],
  ['-ls --log-score', null, /--json/],
  ['-ng --no-gpu', null, { device: 'cpu' }],
  ['-dev', '0', /CUDA_VISIBLE_DEVICES/],
  ['--device', '0', /auto, cpu, cuda/],
  ['-fa --flash-attn', null, {}],
  ['-nfa --no-flash-attn', null, /cannot be switched off/],
  ['-sns --suppress-nst', null, { suppressNonSpeech: true }],
  ['--suppress-regex', '^x', /--suppress-tokens/],
  ['--grammar', 'x', /--hotwords/],
  ['--grammar-rule', 'x', /--hotwords/],
  ['--grammar-penalty', '1', /--hotwords/],
  ['--vad', null, {}],
  ['-vm --vad-model', 'silero.bin', { vadModel: 'silero.bin' }],
  ['-vt --vad-threshold', '0.6', { vadThreshold: 0.6 }],
  ['-vspd --vad-min-speech-duration-ms', '200', { vadMinSpeechDurationMs: 200 }],
  ['-vsd --vad-min-silence-duration-ms', '200', { vadMinSilenceDurationMs: 200 }],
  ['-vmsd --vad-max-speech-duration-s', '20', { vadMaxSpeechDurationS: 20 }],
  ['-vp --vad-speech-pad-ms', '50', { vadSpeechPadMs: 50 }],
  ['-vo --vad-samples-overlap', '0.2', { vadSamplesOverlap: 0.2 }],
];

/** Every flag of whisper-ctranslate2 0.5 (src/whisper_ctranslate2/commandline.py), with openai-whisper's former `--vad_threshold`. */
const WHISPER_CTRANSLATE2: ReadonlyArray<readonly [flags: string, value: string | null, expected: Expected]> = [
  ['--model', 'small', { sttModel: 'small' }],
  ['--model_directory', 'small-ct2', { sttModel: 'small-ct2' }],
  ['--model_dir', 'cache', /--stt-model/],
  ['--local_files_only', 'True', {}],
  ['--local_files_only', 'False', /models pull/],
  ['--output_dir -o', 'out', { out: 'out' }],
  ['--output_format -f', 'srt', { format: ['srt'] }],
  ['--output_format', 'all', { format: ['all'] }],
  ['--pretty_json', 'True', {}],
  ['--pretty_json', 'False', /always pretty/],
  ['-p', 'True', /JSON is always pretty/],
  ['--print_colors', 'True', /--json/],
  ['--print_colors', 'False', {}],
  ['--verbose', 'True', {}],
  ['--verbose', 'False', { quiet: true }],
  ['--highlight_words', 'True', { highlightWords: true }],
  ['--highlight_words', 'False', {}],
  ['--max_line_width', '42', { maxLineLength: 42 }],
  ['--max_line_width', 'None', {}],
  ['--max_line_count', '2', { maxLineCount: 2 }],
  ['--max_words_per_line', '5', { maxWordsPerLine: 5 }],
  ['--device', 'cuda', { device: 'cuda' }],
  ['--threads', '2', { threads: 2 }],
  ['--device_index', '0', {}],
  ['--device_index', '1', /CUDA_VISIBLE_DEVICES/],
  ['--compute_type', 'int8', /as it was converted/],
  ['--task', 'translate', { task: 'translate' }],
  ['--language', 'fr', { language: 'fr' }],
  ['--temperature', '0.4', { temperature: 0.4 }],
  ['--temperature_increment_on_fallback', '0.1', { temperatureIncrement: 0.1 }],
  ['--temperature_increment_on_fallback', 'None', { temperatureIncrement: 0 }],
  ['--prompt_reset_on_temperature', '0.5', {}],
  ['--prompt_reset_on_temperature', '0.9', /do not depend on each other/],
  ['--prefix', 'So', /--prompt/],
  ['--best_of', '4', { bestOf: 4 }],
  ['--beam_size', '4', { beamSize: 4 }],
  ['--patience', '2.0', { patience: 2 }],
  ['--length_penalty', '0.8', { lengthPenalty: 0.8 }],
  ['--suppress_blank', 'True', {}],
  ['--suppress_blank', 'False', /always suppressed/],
  ['--suppress_tokens', '-1,50257', { suppressTokens: [-1, 50257] }],
  ['--initial_prompt', 'Ada', { prompt: 'Ada' }],
  ['--condition_on_previous_text', 'True', { strategy: 'sequential' }],
  ['--condition_on_previous_text', 'False', {}],
  ['--compression_ratio_threshold', '2.2', { compressionRatioThreshold: 2.2 }],
  ['--logprob_threshold', '-0.8', { logprobThreshold: -0.8 }],
  ['--no_speech_threshold', '0.5', { noSpeechThreshold: 0.5 }],
  ['--word_timestamps', 'True', { wordTimestamps: true }],
  ['--word_timestamps', 'False', {}],
  ['--prepend_punctuations', '"', /goes with its word/],
  ['--append_punctuations', '.', /goes with its word/],
  ['--repetition_penalty', '1.1', { repetitionPenalty: 1.1 }],
  ['--no_repeat_ngram_size', '3', { noRepeatNgramSize: 3 }],
  ['--hallucination_silence_threshold', '2', /always found/],
  ['--hotwords', 'Ada', { hotwords: 'Ada' }],
  ['--batched', 'True', {}],
  ['--batched', 'False', /--jobs 1/],
  ['--batch_size', '8', /as large as helps/],
  ['--vad_filter', 'True', {}],
  ['--vad_filter', 'False', { noVad: true }],
  ['--vad_onset --vad_threshold', '0.4', { vadThreshold: 0.4 }],
  ['--vad_min_speech_duration_ms', '100', { vadMinSpeechDurationMs: 100 }],
  ['--vad_max_speech_duration_s', '20', { vadMaxSpeechDurationS: 20 }],
  ['--vad_min_silence_duration_ms', '500', { vadMinSilenceDurationMs: 500 }],
  ['--vad_speech_pad_ms', '100', { vadSpeechPadMs: 100 }],
  ['--version', null, 'help'],
  ['--hf_token', 'x', /--split-channels/],
  ['--speaker_name', 'x', /--split-channels/],
  ['--speaker_num', '2', /--split-channels/],
  ['--live_transcribe', 'True', /not a microphone/],
  ['--live_transcribe', 'False', {}],
  ['--live_volume_threshold', '0.2', /not a microphone/],
  ['--live_input_device', '1', /not a microphone/],
];

for (const [tool, table] of [
  ['whisper-cli', WHISPER_CLI],
  ['whisper-ctranslate2', WHISPER_CTRANSLATE2],
] as const) {
  test(`every flag of ${tool} is taken for ours, or refused with the way out`, async () => {
    for (const [flags, value, expected] of table) {
      if (expected === 'help') continue;
      for (const flag of flags.split(' ')) {
        const argv = value === null ? [flag] : [flag, value];
        const found = await meaning(argv);
        if (!(expected instanceof RegExp)) assert.equal(found, expected, argv.join(' '));
        else assert.match(typeof found === 'string' ? found : JSON.stringify(found), expected, argv.join(' '));
        if (value === null || !flag.startsWith('--')) continue;
        const joined = await meaning([`${flag}=${value}`]);
        assert.equal(
          typeof joined === 'string' ? null : joined,
          typeof found === 'string' ? null : found,
          `${flag}=${value}`,
        );
      }
    }
  });
}

test('the tables know no flag that these tests do not', () => {
  const tested = new Set([...WHISPER_CLI, ...WHISPER_CTRANSLATE2].flatMap(([flags]) => flags.split(' ')));
  assert.equal(
    Object.keys(ALIASES).filter((name) => !tested.has(name)),
    [],
  );
});

test('a flag may stand anywhere, and what follows it is not eaten', async () => {
  assert.equal(translateDialect(['transcribe', '--vad', 'a.wav', '-osrt', 'b.wav']), [
    'transcribe',
    'a.wav',
    '--format',
    'srt',
    'b.wav',
  ]);
  assert.equal(translateDialect(['--word_timestamps', 'a.wav']), ['--word-timestamps', 'a.wav']);
  assert.equal(translateDialect(['-mc', '0', 'a.wav']), ['a.wav']);
  assert.equal(await meaning(['-osrt', '-ovtt']), { format: ['srt', 'vtt'] });
});

test('a refused flag ends with 2 and says what to do', async () => {
  const { code, stderr, stdout } = await cli(['transcribe', 'a.wav', '-of', 'x']);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, /^error: -of is not known here: files are named after the text id: --out DIR/);
});

test('a wrong truth is refused', async () => {
  assert.match(String(await meaning(['--word_timestamps=maybe'])), /--word_timestamps is True or False; got "maybe"/);
});

test.run();
