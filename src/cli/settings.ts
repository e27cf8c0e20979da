import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { usageError } from './errors.js';

/** Every option that flag, environment and config file can set. */
export interface Settings {
  to?: string[];
  language?: string;
  reference?: string;
  textId?: string;
  sttModel?: string;
  mtModel?: string;
  tokenizer?: string;
  store?: string;
  out?: string;
  format?: string[];
  device?: 'auto' | 'cpu' | 'cuda';
  jobs?: number;
  threads?: number;
  priority?: number;
  isolation?: 'process' | 'thread';
  beamSize?: number;
  strategy?: 'windowed' | 'sequential';
  prompt?: string;
  wordTimestamps?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export type SettingName = keyof Settings;

interface Definition<T> {
  readonly flags: string;
  readonly description: string;
  /** `where` names the place the value came from, for the error. */
  readonly parse: (value: unknown, where: string) => T;
  /** May be given more than once. */
  readonly list?: true;
  /** Takes no value. */
  readonly flag?: true;
}

const text = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || value === '') throw usageError(`${where} needs a text, got ${show(value)}.`);
  return value;
};

const list = (value: unknown, where: string): string[] => {
  const parts = Array.isArray(value) ? value : [value];
  const names = parts.flatMap((part) => text(part, where).split(/[\s,]+/)).filter((name) => name !== '');
  if (names.length === 0) throw usageError(`${where} needs at least one name.`);
  return [...new Set(names)];
};

const integer =
  (least: number, most: number) =>
  (value: unknown, where: string): number => {
    const number = typeof value === 'number' ? value : /^[+-]?\d+$/.test(String(value)) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number) || number < least || number > most) {
      throw usageError(`${where} needs a whole number between ${least} and ${most}, got ${show(value)}.`);
    }
    return number;
  };

const oneOf =
  <T extends string>(...choices: readonly T[]) =>
  (value: unknown, where: string): T => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw usageError(`${where} is one of ${choices.join(', ')}; got ${show(value)}.`);
    return found;
  };

const truth = (value: unknown, where: string): boolean => {
  if (typeof value === 'boolean') return value;
  const lower = String(value).toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(lower)) return true;
  if (['0', 'false', 'no', 'off', ''].includes(lower)) return false;
  throw usageError(`${where} is true or false, got ${show(value)}.`);
};

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

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
  mtModel: { flags: '--mt-model <ref>', description: 'translation model (default: demo-mt)', parse: text },
  tokenizer: {
    flags: '--tokenizer <file>',
    description: 'SentencePiece file, characters or whitespace, for a model folder without one',
    parse: text,
  },
  store: {
    flags: '--store <file>',
    description: 'task store (default: voicelingua/store.sqlite in the XDG data folder)',
    parse: text,
  },
  out: { flags: '-o, --out <dir>', description: 'folder to write <text id>.json and other formats to', parse: text },
  format: {
    flags: '-f, --format <list>',
    description: 'files to write: json, srt, vtt, txt (default: json)',
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
    description: 'process or thread: where inference runs',
    parse: oneOf('process', 'thread'),
  },
  beamSize: { flags: '--beam-size <n>', description: 'beams of the search', parse: integer(1, 64) },
  strategy: {
    flags: '--strategy <name>',
    description: 'windowed, or sequential as whisper.cpp does it (default: windowed)',
    parse: oneOf('windowed', 'sequential'),
  },
  prompt: { flags: '--prompt <text>', description: 'text that the speech model takes as said before', parse: text },
  wordTimestamps: { flags: '--word-timestamps', description: 'times of words too', parse: truth, flag: true },
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

type Env = Readonly<Record<string, string | undefined>>;

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
    const { parse } = SETTINGS[name];
    const fromEnv = nonEmpty(env[envName(name)]);
    if (flags[name] !== undefined) settings[name] = parse(flags[name], flagName(name));
    else if (fromEnv !== undefined) settings[name] = parse(fromEnv, envName(name));
    else if (config.values[name] !== undefined) {
      settings[name] = parse(config.values[name], `"${name}" in ${config.path}`);
    }
  }
  return settings;
}

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
