import { Option } from 'commander';
import type { SettingName } from './settings.js';
import { RECOGNITION_NAMES, SUBTITLE_NAMES } from './speech-settings.js';

/** What a command takes, and what its help says. */
export interface CommandSpec {
  readonly alias?: string;
  readonly args?: readonly [name: string, description: string];
  readonly description: string;
  readonly settings: readonly SettingName[];
  /** Options of this command alone, which environment and config file do not set. */
  readonly options?: () => readonly Option[];
  readonly examples: readonly string[];
}

export type CommandName =
  | 'run'
  | 'watch'
  | 'transcribe'
  | 'translate'
  | 'package'
  | 'query'
  | 'status'
  | 'history'
  | 'stats'
  | 'metrics'
  | 'tasks list'
  | 'tasks show'
  | 'tasks retry'
  | 'tasks cancel'
  | 'tasks delete'
  | 'tasks prune'
  | 'memory import'
  | 'memory export'
  | 'memory prune'
  | 'memory stats'
  | 'models optimize'
  | 'doctor'
  | 'demo';

/** Commands that share their first word. */
export interface CommandGroup {
  readonly description: string;
  readonly examples: readonly string[];
}

export const GROUPS: Readonly<Record<string, CommandGroup>> = {
  tasks: {
    description: 'look at stored tasks; retry, cancel and delete them',
    examples: ['voicelingua tasks list --status failed', 'voicelingua tasks retry --failed'],
  },
  memory: {
    description: 'bring translations into the translation memory and take them out, as TMX; look at it and prune it',
    examples: [
      'voicelingua memory import corrected.tmx',
      'voicelingua memory export memory.tmx --from en --to de',
      'voicelingua memory prune --older-than 180d',
    ],
  },
  models: {
    description: 'make models faster',
    examples: ['voicelingua models optimize ./m2m100 --to de,fr'],
  },
};

const OUTPUT: readonly SettingName[] = ['json', 'quiet'];
const ENGINE: readonly SettingName[] = ['device', 'jobs', 'threads', 'isolation', 'store'];
/** How failures, long tasks and short memory are met, and what is written about it. */
const CARE: readonly SettingName[] = [
  'maxRetries',
  'retryBase',
  'softLimit',
  'hardLimit',
  'memoryWarn',
  'memoryHold',
  'memoryRefuse',
  'logLevel',
  'logFile',
];
const SPEECH: readonly SettingName[] = ['language', 'reference', 'textId', 'sttModel', ...RECOGNITION_NAMES];
const TRANSLATION: readonly SettingName[] = ['mtModel', 'tokenizer', 'llm', 'llmBaseUrl', 'llmBudget'];
/** What a translation keeps to, and whether it may be one that was made before. */
const TERMS: readonly SettingName[] = ['glossary', 'memory'];
const FILES: readonly SettingName[] = ['out', 'format', ...SUBTITLE_NAMES];

const STATUS = (ended = false): Option =>
  new Option(
    '--status <status>',
    ended ? 'completed, failed or cancelled' : 'pending, processing, completed, failed or cancelled',
  );
const TYPE = (): Option => new Option('--type <type>', 'audio or text');
const PAGE = (): Option[] => [new Option('--limit <n>', 'at most so many'), new Option('--offset <n>', 'skip so many')];
const FILE_LIST = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
const OUTPUTS = (): Option => new Option('--outputs', 'delete the files too that were written for them');

export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  run: {
    args: [
      '<input...>',
      'recordings, text files, folders, globs, @list, manifest.jsonl or .csv, - for a list on stdin',
    ],
    description: 'transcribe, check, translate and package a batch; the same call again does only what is missing',
    settings: [
      'to',
      ...SPEECH,
      ...TRANSLATION,
      ...TERMS,
      'shortlist',
      ...FILES,
      'priority',
      'failFast',
      'grace',
      ...ENGINE,
      ...CARE,
      'metricsFile',
      ...OUTPUT,
    ],
    options: () => [
      new Option('--dry-run', 'say what would run, with predicted time and memory; nothing is stored'),
      new Option('--resume', 'do only what is missing; it always does'),
    ],
    examples: [
      'voicelingua run talk.mp3 --to de,fr,ja',
      'voicelingua run recordings/ --reference texts/ --to all --out packages --format json,srt',
      "voicelingua run 'archive/**/*.flac' --language en --json > results.jsonl",
      'voicelingua run manifest.csv --out packages --dry-run',
      'voicelingua run talk.mp3 --to de,fr --mt-model models/opus-mt-en-de,models/m2m100+tokenizer=m2m100.model',
      'voicelingua run recordings/ --to de,ja --glossary terms.csv --no-memory',
      'voicelingua run recordings/ --fail-fast --soft-limit 10m --metrics-file /var/lib/node_exporter/voicelingua.prom',
      "find . -name '*.wav' -print0 | voicelingua run -",
      'voicelingua run -- -starts-with-a-dash.wav',
    ],
  },
  watch: {
    args: ['<folder>', 'folder to watch, with what is below it'],
    description: 'run on what is in a folder, then on each recording that comes, once it is complete; until Ctrl-C',
    settings: [
      'to',
      ...SPEECH.filter((name) => name !== 'textId'),
      ...TRANSLATION,
      ...TERMS,
      'shortlist',
      ...FILES,
      'priority',
      'settle',
      'poll',
      'grace',
      ...ENGINE,
      ...CARE,
      'metricsFile',
      ...OUTPUT,
    ],
    examples: [
      'voicelingua watch inbox/ --to de,fr --out packages',
      'voicelingua watch /mnt/share/recordings --poll --settle 10s --out packages --json >> results.jsonl',
    ],
  },
  transcribe: {
    args: ['<file...>', 'recordings; - reads one from stdin'],
    description: 'print what is said in recordings',
    settings: [...SPEECH, ...FILES, 'priority', ...ENGINE, ...CARE, ...OUTPUT],
    options: () => [
      new Option('--detect-language', 'print language and probability of each recording, and nothing else'),
    ],
    examples: [
      'voicelingua transcribe talk.mp3',
      'voicelingua transcribe talk.mp3 --reference talk.txt --json',
      'voicelingua transcribe *.wav --out transcripts --format srt,vtt --max-line-length 42',
      'voicelingua transcribe interview.wav --split-channels --out transcripts --format vtt',
      'voicelingua transcribe talk.mp3 --offset 10m --duration 5m --hotwords "Ada Lovelace"',
      'voicelingua transcribe *.mp3 --detect-language',
      'curl -s https://example.org/talk.ogg | voicelingua transcribe -',
    ],
  },
  translate: {
    args: ['[text|file...]', 'texts, or documents: .srt, .vtt, .html, .txt, .md; - reads texts from stdin, one a line'],
    description:
      'print translations, in order; with several languages each line begins with its language. Documents keep their structure',
    settings: [
      'to',
      'language',
      ...TRANSLATION,
      ...TERMS,
      'shortlist',
      'beamSize',
      'out',
      'priority',
      ...ENGINE,
      ...CARE,
      ...OUTPUT,
    ],
    options: () => [
      new Option(
        '-f, --format <format>',
        'what the input is: html, srt or vtt, whatever its name, stdin as a whole; text: never a file (default: by the ending)',
      ),
    ],
    examples: [
      'voicelingua translate "The meeting starts at nine." --to de',
      'voicelingua translate - --to zh,zh-tw < lines.txt',
      'voicelingua translate - --to de --glossary terms.csv < lines.txt',
      'voicelingua translate "Wo ist der Bahnhof?" --language de --to en --json',
      'voicelingua translate "Wo ist der Bahnhof?" --language de --to fr --mt-model models/opus-mt-de-en,models/opus-mt-en-fr',
      'voicelingua translate - --to de --mt-model openai:MODEL,demo-mt < lines.txt',
      'voicelingua translate film.srt --to de > film.de.srt',
      'voicelingua translate film.srt page.html notes.txt --to de,fr --out translated',
      'voicelingua translate "<p>Good morning.</p>" --format html --to de',
      'voicelingua translate notes.txt --format text --to de',
    ],
  },
  package: {
    args: ['<id...>', 'task ids'],
    description: 'print the package of a task, or write it to a folder',
    settings: [...FILES, 'store', ...OUTPUT],
    examples: ['voicelingua package 4f1c2a', 'voicelingua package 4f1c2a --out packages --format json,srt,vtt,txt'],
  },
  query: {
    args: ['[id...]', 'task ids'],
    description: 'look results up: by task id, by language, text id and source, or by filter',
    settings: ['language', 'textId', 'store', ...OUTPUT],
    options: () => [
      new Option('--source <source>', 'audio (from the recording) or text (from a given text)'),
      STATUS(),
      TYPE(),
      ...PAGE(),
      new Option('--contains <text>', 'content that holds this text'),
    ],
    examples: [
      'voicelingua query 4f1c2a',
      'voicelingua query --language de --text-id talk --source audio',
      'voicelingua query --language fr --contains Bahnhof --limit 20 --json',
    ],
  },
  status: {
    description: 'show what happens now: tasks by state, those in work with their progress, waiting retries, memory',
    settings: ['store', ...OUTPUT],
    examples: ['voicelingua status', 'watch -n 2 voicelingua status', 'voicelingua status --json'],
  },
  history: {
    description: 'list ended tasks, the last ended first: how long they took, and why they failed',
    settings: ['textId', 'store', ...OUTPUT],
    options: () => [
      STATUS(true),
      TYPE(),
      new Option('--limit <n>', 'at most so many (default: 20)'),
      PAGE()[1] as Option,
    ],
    examples: ['voicelingua history', 'voicelingua history --status failed --limit 100 --json'],
  },
  stats: {
    description: 'count tasks and failures, sum up durations and speed',
    settings: ['store', ...OUTPUT],
    options: () => [new Option('--since <time>', 'only tasks submitted since: 24h, 7d, 2026-01-31, an ISO 8601 time')],
    examples: ['voicelingua stats', 'voicelingua stats --since 24h', 'voicelingua stats --since 2026-01-31 --json'],
  },
  metrics: {
    description: 'print metrics of the store in the Prometheus text format, or serve them over HTTP',
    settings: ['store', ...OUTPUT],
    options: () => [
      new Option('--listen [address]', 'serve GET /metrics at [HOST:]PORT (default: 127.0.0.1:9464)'),
      new Option('--allow-remote', 'let --listen take a host that other machines can reach'),
    ],
    examples: ['voicelingua metrics', 'voicelingua metrics --listen', 'voicelingua metrics --listen [::1]:9500'],
  },
  'tasks list': {
    alias: 'ls',
    description: 'list tasks, newest first',
    settings: ['textId', 'store', ...OUTPUT],
    options: () => [
      STATUS(),
      TYPE(),
      ...PAGE(),
      new Option('--order <order>', 'newest, oldest, or ended: the last ended first (default: newest)'),
    ],
    examples: ['voicelingua tasks list', 'voicelingua tasks list --status failed,cancelled --order ended --json'],
  },
  'tasks show': {
    args: ['<id...>', 'task ids'],
    description: 'show all that is known about tasks, with every attempt at them',
    settings: ['store', ...OUTPUT],
    examples: ['voicelingua tasks show 4f1c2a', 'voicelingua tasks show 4f1c2a --json'],
  },
  'tasks retry': {
    args: ['[id...]', 'task ids'],
    description: 'put failed or cancelled tasks back to pending; they go on from where they were',
    settings: ['store', ...OUTPUT],
    options: () => [new Option('--failed', 'all failed tasks')],
    examples: ['voicelingua tasks retry 4f1c2a', 'voicelingua tasks retry --failed'],
  },
  'tasks cancel': {
    args: ['<id...>', 'task ids'],
    description: 'cancel tasks that are pending or processing',
    settings: ['store', ...OUTPUT],
    examples: ['voicelingua tasks cancel 4f1c2a'],
  },
  'tasks delete': {
    alias: 'rm',
    args: ['<id...>', 'task ids'],
    description: 'delete tasks with all that is stored of them, also while they run',
    settings: ['store', ...OUTPUT],
    options: () => [OUTPUTS()],
    examples: ['voicelingua tasks delete 4f1c2a', 'voicelingua tasks delete 4f1c2a --outputs'],
  },
  'tasks prune': {
    description: 'delete ended tasks, the longest ended first',
    settings: ['store', ...OUTPUT],
    options: () => [
      new Option('--keep <n>', 'the newest ended tasks that stay'),
      new Option('--older-than <duration>', 'only tasks that ended so long ago: 12h, 7d'),
      STATUS(true),
      OUTPUTS(),
      new Option('--dry-run', 'count what would be deleted'),
    ],
    examples: [
      'voicelingua tasks prune --older-than 7d',
      'voicelingua tasks prune --keep 1000 --status completed --outputs',
      'voicelingua tasks prune --older-than 30d --dry-run',
    ],
  },
  'memory import': {
    args: ['<file...>', 'TMX files; - reads one from stdin'],
    description: 'add the translations of TMX files; they go before what any model makes',
    settings: ['store', ...OUTPUT],
    options: () => [
      new Option('--from <langs>', 'only translations from these languages, comma separated'),
      new Option('--to <langs>', 'only translations into these languages, comma separated'),
      new Option('--inline <how>', 'inline codes, which hold formatting: drop, or text to keep them (default: drop)'),
      new Option('--restore', 'take an export back as it was: with its models, options and confidences'),
    ],
    examples: [
      'voicelingua memory import corrected.tmx',
      'voicelingua memory import *.tmx --from en --to de,fr',
      'gunzip -c big.tmx.gz | voicelingua memory import - --json',
      'voicelingua memory import backup.tmx --restore',
    ],
  },
  'memory export': {
    args: ['<file>', 'TMX file to write; - writes to stdout'],
    description: 'write the translation memory, or a part of it, as TMX 1.4b',
    settings: ['store', ...OUTPUT],
    options: () => [
      new Option('--from <lang>', 'only translations from this language'),
      new Option('--to <lang>', 'only translations into this language'),
      new Option('--mt-model <name>', 'only what this model made, or imported'),
    ],
    examples: [
      'voicelingua memory export memory.tmx',
      'voicelingua memory export en-de.tmx --from en --to de --mt-model imported',
      'voicelingua memory export - | gzip > memory.tmx.gz',
    ],
  },
  'memory prune': {
    description: 'delete translations from the memory, the longest unused first',
    settings: ['store', ...OUTPUT],
    options: () => [
      new Option('--keep <n>', 'those used last that stay'),
      new Option('--older-than <duration>', 'only what was not used for so long: 12h, 180d'),
      new Option('--mt-model <name>', 'only what this model made, or imported'),
      new Option('--dry-run', 'count what would be deleted'),
    ],
    examples: [
      'voicelingua memory prune --older-than 180d',
      'voicelingua memory prune --keep 50000 --dry-run',
      'voicelingua memory prune --mt-model demo-mt',
    ],
  },
  'memory stats': {
    description: 'count the translation memory, by languages and model',
    settings: ['store', ...OUTPUT],
    examples: ['voicelingua memory stats', 'voicelingua memory stats --json'],
  },
  'models optimize': {
    args: ['<model>', 'translation model: a name or a CTranslate2 folder'],
    description:
      'keep translations to the tokens of their language, where that changes next to nothing, and say what it brings',
    settings: ['to', 'language', 'tokenizer', 'beamSize', ...ENGINE, ...OUTPUT],
    options: () => [
      FILE_LIST('--text <[lang=]file>', 'text in a target language: its tokens make a narrower list; repeatable'),
      FILE_LIST('--sample <file>', 'sentences of the source language to measure on, one a line; repeatable'),
    ],
    examples: [
      'voicelingua models optimize ./m2m100 --to de,fr,ja',
      'voicelingua models optimize ./m2m100 --to de --text corpus.de.txt --sample sentences.en.txt',
      'voicelingua models optimize ./m2m100 --to de,fr --text de=corpus.de.txt --text fr=corpus.fr.txt --json',
    ],
  },
  doctor: {
    description: 'check the installation: versions, devices, models, store',
    settings: ['sttModel', ...TRANSLATION, 'shortlist', ...ENGINE, ...OUTPUT],
    examples: [
      'voicelingua doctor',
      'voicelingua doctor --stt-model ggml-small.bin',
      'voicelingua doctor --mt-model local:MODEL,demo-mt',
    ],
  },
  demo: {
    description: 'run the main job on recordings that come with the project, with the embedded demo models',
    settings: ['out', 'jobs', 'threads', 'device', 'isolation', ...OUTPUT],
    examples: ['voicelingua demo', 'voicelingua demo --out /tmp/demo --json'],
  },
};
