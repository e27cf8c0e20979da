import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { usageError } from './errors.js';
import { defaultLogFile } from './log-file.js';
import {
  type Definition,
  duration,
  type Env,
  integer,
  jsonObject,
  list,
  number,
  oneOf,
  percentage,
  text,
  truth,
} from './setting-values.js';
import { SPEECH_SETTINGS, type SpeechSettings } from './speech-settings.js';

/** Every option that flag, environment and config file can set. */
export interface Settings extends SpeechSettings {
  to?: string[];
  language?: string;
  reference?: string;
  textId?: string;
  sttModel?: string;
  mtModel?: string;
  tokenizer?: string;
  /** Settings of chat models, as the library takes them. */
  llm?: Record<string, unknown>;
  llmBaseUrl?: string;
  llmBudget?: number;
  glossary?: string;
  memory?: boolean;
  shortlist?: 'auto' | 'off';
  store?: string;
  out?: string;
  format?: string[];
  device?: 'auto' | 'cpu' | 'cuda';
  jobs?: number;
  threads?: number;
  priority?: number;
  isolation?: 'process' | 'thread';
  /** Milliseconds, as all lengths of time here. */
  grace?: number;
  failFast?: boolean;
  settle?: number;
  poll?: boolean;
  maxRetries?: number;
  retryBase?: number;
  softLimit?: number;
  hardLimit?: number;
  /** Shares of the memory, 0..1. */
  memoryWarn?: number;
  memoryHold?: number;
  memoryRefuse?: number;
  metricsFile?: string;
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `none` for no log file. */
  logFile?: string;
  json?: boolean;
  quiet?: boolean;
}

export type SettingName = keyof Settings;

export const SETTINGS: { readonly [K in SettingName]-?: Definition<NonNullable<Settings[K]>> } = {
  to: { flags: '-t, --to <langs>', description: 'target languages, comma separated, or all', parse: list, list: true },
  language: { flags: '-l, --language <lang>', description: 'language of the input (default: auto)', parse: text },
  reference: {
    flags: '-r, --reference <file|dir>',
    description: 'what was really said: a text file, or a folder with <text id>.txt',
    parse: text,
  },
  textId: { flags: '--text-id <id>', description: 'your own name of the content', parse: text },
  sttModel: { flags: '-m, --stt-model <ref>', description: 'speech model (default: demo-stt)', parse: text },
  mtModel: {
    flags: '--mt-model <ref>',
    description:
      'translation model, or several with commas, the preferred first; openai:MODEL, deepseek:, gemini: and local: are chat models (default: demo-mt)',
    parse: text,
  },
  tokenizer: {
    flags: '--tokenizer <file>',
    description: 'SentencePiece file or folder with one, characters or whitespace, for a model folder without one',
    parse: text,
  },
  llm: {
    flags: '--llm <json>',
    description:
      'settings of chat models: prices, limits, cacheFolder … (docs/llm-translation.md); keys come from the environment',
    parse: jsonObject,
  },
  llmBaseUrl: { flags: '--llm-base-url <url>', description: 'where requests to chat models go', parse: text },
  llmBudget: {
    flags: '--llm-budget <amount>',
    description: 'most that this call may pay for chat models, in the currency of their prices',
    parse: number(0, Number.MAX_SAFE_INTEGER),
  },
  glossary: {
    flags: '--glossary <file>',
    description: 'terms and how they are translated: .csv, .tsv, or .txt for names that are not',
    parse: text,
  },
  memory: {
    flags: '--no-memory',
    description: 'translate every sentence anew: neither use the translation memory nor add to it',
    parse: truth,
    flag: true,
    negated: true,
  },
  shortlist: {
    flags: '--shortlist <use>',
    description: 'auto or off: shortlists that "models optimize" made (default: auto)',
    parse: oneOf('auto', 'off'),
  },
  store: {
    flags: '--store <file>',
    description: 'task store (default: voicelingua/store.sqlite in the XDG data folder)',
    parse: text,
  },
  out: {
    flags: '-o, --out <dir>',
    description: 'folder to write <text id>.json, other formats and translated documents to',
    parse: text,
  },
  format: {
    flags: '-f, --format <list>',
    description: 'files to write: json, srt, vtt, txt, or all (default: json)',
    parse: list,
    list: true,
  },
  device: {
    flags: '--device <device>',
    description: 'auto, cpu or cuda (default: auto)',
    parse: oneOf('auto', 'cpu', 'cuda'),
  },
  jobs: { flags: '-j, --jobs <n>', description: 'inferences at once (default: by cores)', parse: integer(1, 1024) },
  threads: {
    flags: '--threads <n>',
    description: 'threads of one inference (default: by cores)',
    parse: integer(1, 1024),
  },
  priority: {
    flags: '--priority <n>',
    description: 'higher runs first (default: 0)',
    parse: integer(-1_000_000, 1_000_000),
  },
  isolation: {
    flags: '--isolation <kind>',
    description: 'process or thread: where the engines run; a crash in a process costs a retry (default: process)',
    parse: oneOf('process', 'thread'),
  },
  grace: {
    flags: '--grace <duration>',
    description: 'time that running tasks get after Ctrl-C (default: 10s)',
    parse: duration(),
    fallback: () => 10_000,
  },
  failFast: { flags: '--fail-fast', description: 'stop at the first failure', parse: truth, flag: true },
  settle: {
    flags: '--settle <duration>',
    description: 'a file is complete when it has not changed for so long (default: 2s)',
    parse: duration(),
    fallback: () => 2000,
  },
  poll: {
    flags: '--poll',
    description: 'look for changes again and again, for network folders that send no notices',
    parse: truth,
    flag: true,
  },
  maxRetries: {
    flags: '--max-retries <n>',
    description: 'attempts after failures that may pass (default: 3)',
    parse: integer(0, 1000),
  },
  retryBase: {
    flags: '--retry-base <duration>',
    description: 'wait before the first retry, doubled for each further one (default: 60s)',
    parse: duration(),
  },
  softLimit: {
    flags: '--soft-limit <duration>',
    description: 'a task that takes longer fails; more for long recordings (default: 25m)',
    parse: duration(1),
  },
  hardLimit: {
    flags: '--hard-limit <duration>',
    description: 'a task that takes longer is killed, with process isolation (default: 30m)',
    parse: duration(1),
  },
  memoryWarn: {
    flags: '--memory-warn <percent>',
    description: 'memory in use from which a warning is given (default: 80)',
    parse: percentage,
  },
  memoryHold: {
    flags: '--memory-hold <percent>',
    description: 'memory in use from which no further task starts while one runs (default: 85)',
    parse: percentage,
  },
  memoryRefuse: {
    flags: '--memory-refuse <percent>',
    description: 'memory in use from which new work waits (default: 90)',
    parse: percentage,
  },
  metricsFile: {
    flags: '--metrics-file <file>',
    description: 'write metrics for Prometheus to this file, every 15 s and at the end',
    parse: text,
  },
  logLevel: {
    flags: '--log-level <level>',
    description: 'debug, info, warn, error or silent (default: info)',
    parse: oneOf('debug', 'info', 'warn', 'error', 'silent'),
  },
  logFile: {
    flags: '--log-file <file>',
    description: 'log file, JSON lines, or none (default: voicelingua/log/voicelingua.log in the XDG state folder)',
    parse: text,
    fallback: defaultLogFile,
  },
  ...SPEECH_SETTINGS,
  json: {
    flags: '--json',
    description: 'one JSON object a line on stdout, the last one a summary',
    parse: truth,
    flag: true,
  },
  quiet: { flags: '-q, --quiet', description: 'no progress and no messages but errors', parse: truth, flag: true },
};

const NAMES = Object.keys(SETTINGS) as SettingName[];

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const flagName = (name: SettingName): string => `--${kebab(name)}`;
export const envName = (name: SettingName): string => `VOICELINGUA_${kebab(name).toUpperCase().replaceAll('-', '_')}`;

/** The config file's settings by their canonical name, with the file's path; empty when there is none. */
export interface Config {
  readonly path: string;
  readonly values: Readonly<Partial<Record<SettingName, unknown>>>;
}

/**
 * Reads the config file: the given one, `VOICELINGUA_CONFIG`, or `voicelingua/config.json` in the XDG config folder,
 * which alone may be missing. Keys are flag names, in camelCase or with dashes.
 */
export async function loadConfig(given: string | undefined, env: Env, cwd: string): Promise<Config> {
  const named = given ?? nonEmpty(env.VOICELINGUA_CONFIG);
  const home = nonEmpty(env.XDG_CONFIG_HOME) ?? join(nonEmpty(env.HOME) ?? homedir(), '.config');
  const path = named === undefined ? join(home, 'voicelingua', 'config.json') : resolve(cwd, named);
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (named === undefined && missing) return { path, values: {} };
    const reason = error instanceof Error ? error.message : String(error);
    throw usageError(`Cannot read the config file "${path}": ${reason}.`);
  }
  return { path, values: await configValues(path, source) };
}

async function configValues(path: string, source: string): Promise<Config['values']> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw usageError(`The config file "${path}" is not JSON: ${(error as Error).message}.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw usageError(`The config file "${path}" must hold one JSON object.`);
  }
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [key, value] of Object.entries(parsed)) {
    const name = NAMES.find((candidate) => candidate === key || kebab(candidate) === key);
    if (name === undefined) {
      throw usageError(`The config file "${path}" has the unknown setting "${key}"${await didYouMean(key, NAMES)}`);
    }
    values[name] = value;
  }
  return values;
}

/** `; did you mean "x"?`, or a full stop when nothing is near. */
export async function didYouMean(word: string, choices: readonly string[]): Promise<string> {
  const { closest, distance } = await import('fastest-levenshtein');
  const nearest = closest(word.toLowerCase(), choices);
  return distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.floor(word.length / 3))
    ? `; did you mean "${nearest}"?`
    : `; it knows ${choices.join(', ')}.`;
}

/** Flag over environment over config file, for the settings that a command knows. */
export function resolveSettings(
  names: readonly SettingName[],
  flags: Readonly<Record<string, unknown>>,
  env: Env,
  config: Config,
): Settings {
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const { parse, fallback, negated } = SETTINGS[name];
    const fromEnv = nonEmpty(env[envName(name)]);
    // Commander gives a negated flag that nobody typed as true.
    const flag = negated && flags[name] === true ? undefined : flags[name];
    if (flag !== undefined) settings[name] = parse(flag, flagName(name));
    else if (fromEnv !== undefined) settings[name] = parse(fromEnv, envName(name));
    else if (config.values[name] !== undefined) {
      settings[name] = parse(config.values[name], `"${name}" in ${config.path}`);
    } else {
      const value = fallback?.(env);
      if (value !== undefined) settings[name] = value;
    }
  }
  return settings;
}

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
