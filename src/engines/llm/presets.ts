import { VoiceLinguaError } from '../../domain/errors.js';
import { nearest } from '../../domain/suggest.js';
import type { Dialect } from './dialect.js';

/** An OpenAI-compatible endpoint as data. Models and prices change too often to stand here; the user gives them. */
export interface Preset {
  readonly name: string;
  readonly baseUrl: string;
  /** Environment variables that may hold the key; the first that is set counts. */
  readonly keyNames: readonly string[];
  /** False where a server usually takes requests without a key. */
  readonly keyRequired: boolean;
  /** What the endpoint is first taken to understand; refusals teach the rest. */
  readonly dialect: Dialect;
}

/** The key's variable for any provider. A provider's own comes first, so that no provider is sent another's key by mistake. */
const ANY_KEY = 'VOICELINGUA_LLM_KEY';

export const PRESETS: readonly Preset[] = [
  {
    name: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    keyNames: ['OPENAI_API_KEY', ANY_KEY],
    keyRequired: true,
    dialect: { format: 'json_schema', temperature: true, limit: 'max_completion_tokens' },
  },
  {
    name: 'deepseek',
    baseUrl: 'https://api.deepseek.com/v1',
    keyNames: ['DEEPSEEK_API_KEY', ANY_KEY],
    keyRequired: true,
    dialect: { format: 'json_object', temperature: true, limit: 'max_tokens' },
  },
  {
    name: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyNames: ['GEMINI_API_KEY', ANY_KEY],
    keyRequired: true,
    dialect: { format: 'json_schema', temperature: true, limit: 'max_tokens' },
  },
  {
    name: 'local',
    baseUrl: 'http://127.0.0.1:11434/v1',
    keyNames: [ANY_KEY],
    keyRequired: false,
    dialect: { format: 'json_schema', temperature: true, limit: 'max_tokens' },
  },
];

/** @throws {VoiceLinguaError} `INVALID_ARGUMENT` for a name that is none, with the nearest */
export function presetOf(name: string): Preset {
  const preset = PRESETS.find((one) => one.name === name);
  if (preset !== undefined) return preset;
  const names = PRESETS.map((one) => one.name);
  const close = nearest(name, names);
  const hint = close === null ? '' : ` Did you mean "${close}"?`;
  throw new VoiceLinguaError(
    'INVALID_ARGUMENT',
    `There is no translation provider "${name}".${hint} Known: ${names.join(', ')}; any other OpenAI-compatible server is "local" with its base URL.`,
    { details: { provider: name } },
  );
}
