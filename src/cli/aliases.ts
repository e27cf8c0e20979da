/** What a flag of a neighbouring tool means here. */
export type Alias =
  /** Takes a value, which is ours too, or becomes ours by `values`; Python's `None` is as if it were not there. */
  | { readonly kind: 'value'; readonly flag: string; readonly values?: Readonly<Record<string, string>> }
  /** Takes milliseconds. */
  | { readonly kind: 'milliseconds'; readonly flag: string }
  /** Takes no value. */
  | { readonly kind: 'flag'; readonly flags: readonly string[] }
  /** Takes `True` or `False`, or nothing for `True`; a text says why that is not to be had. */
  | { readonly kind: 'truth'; readonly yes: readonly string[] | string; readonly no: readonly string[] | string }
  /** Taken and left aside: it is so here whatever is said, or, with `only`, for that value alone. */
  | { readonly kind: 'always'; readonly why: string; readonly takesValue?: true; readonly only?: string }
  /** Ours, unless its value shows that theirs is meant. */
  | { readonly kind: 'own'; readonly theirs: RegExp; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

const value = (flag: string, values?: Readonly<Record<string, string>>): Alias => ({
  kind: 'value',
  flag,
  ...(values === undefined ? {} : { values }),
});
const milliseconds = (flag: string): Alias => ({ kind: 'milliseconds', flag });
const flag = (...flags: readonly string[]): Alias => ({ kind: 'flag', flags });
const truth = (yes: readonly string[] | string, no: readonly string[] | string = []): Alias => ({
  kind: 'truth',
  yes,
  no,
});
const always = (why: string): Alias => ({ kind: 'always', why });
const alwaysValue = (why: string, only?: string): Alias => ({
  kind: 'always',
  why,
  takesValue: true,
  ...(only === undefined ? {} : { only }),
});
const refused = (why: string): Alias => ({ kind: 'refused', why });

const CONTEXT =
  'windows do not depend on each other, so that one failure does not spread; --strategy sequential carries the text on.';
const ENTROPY =
  'whisper.cpp measures repetition the other way round; --compression-ratio-threshold does it as the other tools.';
const GRAMMAR = 'grammars are not supported; --hotwords and --prompt name what to expect.';
const LIVE = 'it reads recordings, not a microphone.';
const DIARIZE = 'it knows speakers by channel alone: --split-channels.';

/** whisper-cli (examples/cli/cli.cpp), both of a flag's names; those that are ours by the same name are not here. */
const WHISPER_CLI: Readonly<Record<string, Alias>> = {
  '-t': {
    kind: 'own',
    theirs: /^\d+$/,
    why: '-t is --to, the target languages; threads are --threads N.',
  },
  '-f': {
    kind: 'own',
    theirs: /[./\\]/,
    why: '-f is --format; recordings are named without a flag: voicelingua transcribe FILE.',
  },
  '-p': refused('as processors it is --jobs; JSON is always pretty.'),
  '--processors': value('--jobs'),
  '-ot': milliseconds('--offset'),
  '--offset-t': milliseconds('--offset'),
  '-on': refused('segments count from 0.'),
  '--offset-n': refused('segments count from 0.'),
  '-d': milliseconds('--duration'),
  '-mc': alwaysValue(CONTEXT, '0'),
  '--max-context': alwaysValue(CONTEXT, '0'),
  '-ml': value('--max-line-length'),
  '--max-len': value('--max-line-length'),
  '-sow': always('words are never split'),
  '--split-on-word': always('words are never split'),
  '-bo': value('--best-of'),
  '-bs': value('--beam-size'),
  '-ac': value('--audio-ctx'),
  '-wt': refused('every word has a time with --word-timestamps.'),
  '--word-thold': refused('every word has a time with --word-timestamps.'),
  '-et': alwaysValue(ENTROPY, '2.4'),
  '--entropy-thold': alwaysValue(ENTROPY, '2.4'),
  '-lpt': value('--logprob-threshold'),
  '--logprob-thold': value('--logprob-threshold'),
  '-nth': value('--no-speech-threshold'),
  '--no-speech-thold': value('--no-speech-threshold'),
  '-tp': value('--temperature'),
  '-tpi': value('--temperature-increment'),
  '--temperature-inc': value('--temperature-increment'),
  '-debug': refused('VOICELINGUA_DEBUG=1 prints the log.'),
  '--debug-mode': refused('VOICELINGUA_DEBUG=1 prints the log.'),
  '-tr': flag('--task', 'translate'),
  '--translate': flag('--task', 'translate'),
  '-di': flag('--split-channels'),
  '--diarize': flag('--split-channels'),
  '-tdrz': refused(DIARIZE),
  '--tinydiarize': refused(DIARIZE),
  '-nf': flag('--temperature-increment', '0'),
  '--no-fallback': flag('--temperature-increment', '0'),
  '-otxt': flag('--format', 'txt'),
  '--output-txt': flag('--format', 'txt'),
  '-ovtt': flag('--format', 'vtt'),
  '--output-vtt': flag('--format', 'vtt'),
  '-osrt': flag('--format', 'srt'),
  '--output-srt': flag('--format', 'srt'),
  '-owts': refused('it makes no video; --highlight-words underlines words in subtitles.'),
  '--output-words': refused('it makes no video; --highlight-words underlines words in subtitles.'),
  '-fp': refused('it makes no video.'),
  '--font-path': refused('it makes no video.'),
  '-olrc': flag('--format', 'lrc'),
  '--output-lrc': flag('--format', 'lrc'),
  '-ocsv': flag('--format', 'csv'),
  '--output-csv': flag('--format', 'csv'),
  '-oj': flag('--format', 'json'),
  '--output-json': flag('--format', 'json'),
  '-ojf': flag('--format', 'json'),
  '--output-json-full': flag('--format', 'json'),
  '-of': refused('files are named after the text id: --out DIR and --text-id ID.'),
  '--output-file': refused('files are named after the text id: --out DIR and --text-id ID.'),
  '-np': flag('--quiet'),
  '--no-prints': flag('--quiet'),
  '-ps': refused('tokens are in the package, with --json in the output.'),
  '--print-special': refused('tokens are in the package, with --json in the output.'),
  '-pc': refused('confidences are in the package, with --json in the output.'),
  '--print-colors': refused('confidences are in the package, with --json in the output.'),
  '--print-confidence': refused('confidences are in the package, with --json in the output.'),
  '-pp': always('progress is always shown'),
  '--print-progress': always('progress is always shown'),
  '-nt': flag('--no-timestamps'),
  '-dl': flag('--detect-language'),
  '--carry-initial-prompt': flag('--carry-prompt'),
  '--model': value('--stt-model'),
  '--file': refused('recordings are named without a flag: voicelingua transcribe FILE.'),
  '-oved': refused('OpenVINO is not supported.'),
  '--ov-e-device': refused('OpenVINO is not supported.'),
  '-dtw': refused('--word-timestamps gives times of words.'),
  '--dtw': refused('--word-timestamps gives times of words.'),
  '-ls': refused('scores are in the package, with --json in the output.'),
  '--log-score': refused('scores are in the package, with --json in the output.'),
  '-ng': flag('--device', 'cpu'),
  '--no-gpu': flag('--device', 'cpu'),
  '-dev': refused('--device is auto, cpu or cuda; CUDA_VISIBLE_DEVICES chooses the card.'),
  '-fa': always('flash attention is used where it can be'),
  '--flash-attn': always('flash attention is used where it can be'),
  '-nfa': refused('flash attention cannot be switched off.'),
  '--no-flash-attn': refused('flash attention cannot be switched off.'),
  '-sns': flag('--suppress-non-speech'),
  '--suppress-nst': flag('--suppress-non-speech'),
  '--suppress-regex': refused('--suppress-tokens takes ids of tokens.'),
  '--grammar': refused(GRAMMAR),
  '--grammar-rule': refused(GRAMMAR),
  '--grammar-penalty': refused(GRAMMAR),
  '--vad': always('speech is always detected first; --no-vad takes all sound'),
  '-vm': value('--vad-model'),
  '-vt': value('--vad-threshold'),
  '-vspd': value('--vad-min-speech-duration-ms'),
  '-vsd': value('--vad-min-silence-duration-ms'),
  '-vmsd': value('--vad-max-speech-duration-s'),
  '-vp': value('--vad-speech-pad-ms'),
  '-vo': value('--vad-samples-overlap'),
};

/** whisper-ctranslate2 (src/whisper_ctranslate2/commandline.py), most of which are openai-whisper's and faster-whisper's too. */
const WHISPER_CTRANSLATE2: Readonly<Record<string, Alias>> = {
  '--model_directory': value('--stt-model'),
  '--model_dir': refused('models are found by --stt-model: a name, a file or a folder.'),
  '--local_files_only': truth([], 'nothing is downloaded while it works; voicelingua models pull NAME does.'),
  '--output_dir': value('--out'),
  '--output_format': value('--format'),
  '--pretty_json': truth([], 'JSON files are always pretty; --json prints one object a line.'),
  '--print_colors': truth('confidences are in the package, with --json in the output.'),
  '--verbose': truth([], ['--quiet']),
  '--highlight_words': truth(['--highlight-words']),
  '--max_line_width': value('--max-line-length'),
  '--max_line_count': value('--max-line-count'),
  '--max_words_per_line': value('--max-words-per-line'),
  '--device_index': alwaysValue('CUDA_VISIBLE_DEVICES chooses the card.', '0'),
  '--compute_type': refused('a model is computed as it was converted; on the CPU at what the CPU knows.'),
  '--temperature_increment_on_fallback': value('--temperature-increment', { None: '0' }),
  '--prompt_reset_on_temperature': alwaysValue(CONTEXT, '0.5'),
  '--prefix': refused('--prompt is what was said before.'),
  '--best_of': value('--best-of'),
  '--beam_size': value('--beam-size'),
  '--length_penalty': value('--length-penalty'),
  '--suppress_blank': truth([], 'blank beginnings are always suppressed.'),
  '--suppress_tokens': value('--suppress-tokens'),
  '--initial_prompt': value('--prompt'),
  '--condition_on_previous_text': truth(['--strategy', 'sequential'], []),
  '--compression_ratio_threshold': value('--compression-ratio-threshold'),
  '--logprob_threshold': value('--logprob-threshold'),
  '--no_speech_threshold': value('--no-speech-threshold'),
  '--word_timestamps': truth(['--word-timestamps']),
  '--prepend_punctuations': refused('punctuation goes with its word by its kind.'),
  '--append_punctuations': refused('punctuation goes with its word by its kind.'),
  '--repetition_penalty': value('--repetition-penalty'),
  '--no_repeat_ngram_size': value('--no-repeat-ngram-size'),
  '--hallucination_silence_threshold': refused('text where nobody speaks is always found, and left out or flagged.'),
  '--batched': truth(
    [],
    'windows are always recognised several at once; --jobs 1 --strategy sequential goes one by one.',
  ),
  '--batch_size': refused('batches are as large as helps.'),
  '--vad_filter': truth([], ['--no-vad']),
  '--vad_onset': value('--vad-threshold'),
  '--vad_threshold': value('--vad-threshold'),
  '--vad_min_speech_duration_ms': value('--vad-min-speech-duration-ms'),
  '--vad_max_speech_duration_s': value('--vad-max-speech-duration-s'),
  '--vad_min_silence_duration_ms': value('--vad-min-silence-duration-ms'),
  '--vad_speech_pad_ms': value('--vad-speech-pad-ms'),
  '--hf_token': refused(DIARIZE),
  '--speaker_name': refused(DIARIZE),
  '--speaker_num': refused(DIARIZE),
  '--live_transcribe': truth(LIVE),
  '--live_volume_threshold': refused(LIVE),
  '--live_input_device': refused(LIVE),
};

/**
 * Flags of neighbouring tools, as ours. A name that is ours already keeps our meaning: `-f` is `--format` as whisper-ctranslate2's,
 * not whisper-cli's file; `-t` is `--to`, not threads; `-o` is `--out`; `--duration` and `--offset` take 90s or 1m30s, and bare
 * numbers are seconds, where whisper-cli's `-d` and `-ot` are milliseconds.
 */
export const ALIASES: Readonly<Record<string, Alias>> = { ...WHISPER_CLI, ...WHISPER_CTRANSLATE2 };
