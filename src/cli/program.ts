import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { translateDialect } from './dialect.js';
import type { Io } from './io.js';
import { PACKAGE_ROOT } from './package-root.js';
import { SETTINGS, type SettingName } from './settings.js';

/** One parsed call. */
export interface Invocation {
  readonly command:
    | 'run'
    | 'transcribe'
    | 'translate'
    | 'package'
    | 'query'
    | 'tasks list'
    | 'tasks show'
    | 'tasks cancel'
    | 'doctor'
    | 'demo';
  readonly args: readonly string[];
  /** Options as typed: texts, lists of texts, true. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Settings that the command knows, for environment and config file. */
  readonly settings: readonly SettingName[];
}

type Execute = (invocation: Invocation) => Promise<void>;

const OUTPUT: readonly SettingName[] = ['json', 'quiet'];
const ENGINE: readonly SettingName[] = ['device', 'jobs', 'threads', 'isolation', 'store'];
const SPEECH: readonly SettingName[] = [
  'language',
  'reference',
  'textId',
  'sttModel',
  'beamSize',
  'strategy',
  'prompt',
  'wordTimestamps',
];
const FILES: readonly SettingName[] = ['out', 'format'];

/** The whole command line; `execute` gets what was parsed. */
export function buildProgram(io: Io, execute: Execute): Command {
  const program = new Command('voicelingua')
    .description('Speech and text to checked, multilingual, queryable packages, offline.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 110,
      getErrHelpWidth: () => io.stderr.columns ?? 110,
    })
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .addHelpText(
      'after',
      `
Options of a command can also be set as VOICELINGUA_<NAME> (VOICELINGUA_STT_MODEL) or in a JSON config file;
a flag goes before the environment, the environment before the file.

Exit codes: 0 all done, 1 internal error, 2 usage, 3 model missing or bad, 4 input unreadable,
5 part of the batch failed, 6 device, memory or disk, 130 interrupted, 143 terminated.

Examples:
  voicelingua doctor
  voicelingua run recordings/ --to de,fr --out packages
  voicelingua transcribe talk.mp3
  voicelingua query --language de --text-id talk --source audio`,
    );

  const add = (parent: Command, words: string, spec: Spec): void => {
    const command = parent.command(spec.usage).description(spec.description);
    if (spec.args !== undefined) command.argument(spec.args[0], spec.args[1]);
    for (const name of spec.settings) command.addOption(settingOption(name));
    for (const option of spec.options ?? []) command.addOption(option);
    command.addOption(new Option('--config <file>', 'JSON file with settings'));
    if (spec.alias !== undefined) command.alias(spec.alias);
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join('\n')}`);
    command.action(() =>
      execute({
        command: words as Invocation['command'],
        args: command.args,
        flags: command.opts(),
        settings: spec.settings,
      }),
    );
  };

  add(program, 'run', {
    usage: 'run',
    args: [
      '<input...>',
      'recordings, text files, folders, globs, @list, manifest.jsonl or .csv, - for a list on stdin',
    ],
    description: 'transcribe, check, translate and package a batch; the same call again does only what is missing',
    settings: ['to', ...SPEECH, 'mtModel', 'tokenizer', ...FILES, 'priority', ...ENGINE, ...OUTPUT],
    examples: [
      'voicelingua run talk.mp3 --to de,fr,ja',
      'voicelingua run recordings/ --reference texts/ --to all --out packages --format json,srt',
      "voicelingua run 'archive/**/*.flac' --language en --json > results.jsonl",
      'voicelingua run manifest.csv --out packages',
      "find . -name '*.wav' -print0 | voicelingua run -",
      'voicelingua run -- -starts-with-a-dash.wav',
    ],
  });
  add(program, 'transcribe', {
    usage: 'transcribe',
    args: ['<file...>', 'recordings; - reads one from stdin'],
    description: 'print what is said in recordings',
    settings: [...SPEECH, ...FILES, 'priority', ...ENGINE, ...OUTPUT],
    examples: [
      'voicelingua transcribe talk.mp3',
      'voicelingua transcribe talk.mp3 --reference talk.txt --json',
      'voicelingua transcribe *.wav --out transcripts --format srt,vtt',
      'curl -s https://example.org/talk.ogg | voicelingua transcribe -',
    ],
  });
  add(program, 'translate', {
    usage: 'translate',
    args: ['[text...]', 'texts; - reads one a line from stdin'],
    description: 'print translations, in order; with several languages each line begins with its language',
    settings: ['to', 'language', 'mtModel', 'tokenizer', 'beamSize', ...ENGINE, ...OUTPUT],
    examples: [
      'voicelingua translate "The meeting starts at nine." --to de',
      'voicelingua translate - --to zh,zh-tw < lines.txt',
      'voicelingua translate "Wo ist der Bahnhof?" --language de --to en --json',
    ],
  });
  add(program, 'package', {
    usage: 'package',
    args: ['<id...>', 'task ids'],
    description: 'print the package of a task, or write it to a folder',
    settings: [...FILES, 'store', ...OUTPUT],
    examples: ['voicelingua package 4f1c2a', 'voicelingua package 4f1c2a --out packages --format json,srt,vtt,txt'],
  });
  add(program, 'query', {
    usage: 'query',
    args: ['[id...]', 'task ids'],
    description: 'look results up: by task id, by language, text id and source, or by filter',
    settings: ['language', 'textId', 'store', ...OUTPUT],
    options: [
      new Option('--source <source>', 'audio (from the recording) or text (from a given text)'),
      ...FILTER_OPTIONS(),
      new Option('--contains <text>', 'content that holds this text'),
    ],
    examples: [
      'voicelingua query 4f1c2a',
      'voicelingua query --language de --text-id talk --source audio',
      'voicelingua query --language fr --contains Bahnhof --limit 20 --json',
    ],
  });

  const tasks = program.command('tasks').description('look at stored tasks, cancel them');
  add(tasks, 'tasks list', {
    usage: 'list',
    alias: 'ls',
    description: 'list tasks, newest first',
    settings: ['textId', 'store', ...OUTPUT],
    options: FILTER_OPTIONS(),
    examples: ['voicelingua tasks list', 'voicelingua tasks list --status failed --json'],
  });
  add(tasks, 'tasks show', {
    usage: 'show',
    args: ['<id...>', 'task ids'],
    description: 'show all that is known about tasks',
    settings: ['store', ...OUTPUT],
    examples: ['voicelingua tasks show 4f1c2a'],
  });
  add(tasks, 'tasks cancel', {
    usage: 'cancel',
    args: ['<id...>', 'task ids'],
    description: 'cancel tasks that are pending or processing',
    settings: ['store', ...OUTPUT],
    examples: ['voicelingua tasks cancel 4f1c2a'],
  });

  add(program, 'doctor', {
    usage: 'doctor',
    description: 'check the installation: versions, devices, models, store',
    settings: ['sttModel', 'mtModel', 'tokenizer', ...ENGINE, ...OUTPUT],
    examples: ['voicelingua doctor', 'voicelingua doctor --stt-model ggml-small.bin'],
  });
  add(program, 'demo', {
    usage: 'demo',
    description: 'run the main job on recordings that come with the project, with the embedded demo models',
    settings: ['out', 'jobs', 'threads', 'device', 'isolation', ...OUTPUT],
    examples: ['voicelingua demo', 'voicelingua demo --out /tmp/demo --json'],
  });

  const parseAsync = program.parseAsync.bind(program);
  program.parseAsync = (argv, options) => parseAsync(translateDialect(argv ?? []), options);
  return program;
}

interface Spec {
  readonly usage: string;
  readonly alias?: string;
  readonly args?: readonly [string, string];
  readonly description: string;
  readonly settings: readonly SettingName[];
  readonly options?: readonly Option[];
  readonly examples: readonly string[];
}

const FILTER_OPTIONS = (): Option[] => [
  new Option('--status <status>', 'pending, processing, completed, failed or cancelled'),
  new Option('--type <type>', 'audio or text'),
  new Option('--limit <n>', 'at most so many'),
  new Option('--offset <n>', 'skip so many'),
];

function settingOption(name: SettingName): Option {
  const { flags, description, list } = SETTINGS[name];
  const option = new Option(flags, description);
  if (list) {
    option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
  }
  return option;
}

function version(): string {
  const file = readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
