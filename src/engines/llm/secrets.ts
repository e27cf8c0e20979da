import { VoiceLinguaError } from '../../domain/errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface KeySource {
  readonly provider: string;
  readonly keyNames: readonly string[];
  readonly keyRequired: boolean;
}

/**
 * The key of a provider, from the environment alone; null where none is set and none is needed.
 * @throws {VoiceLinguaError} `PROVIDER_AUTH` without one, or with one that no HTTP header can hold
 */
export function readKey({ provider, keyNames, keyRequired }: KeySource, environment: Environment): string | null {
  for (const name of keyNames) {
    const key = environment[name]?.trim();
    if (key === undefined || key === '') continue;
    // Checked here, since fetch would show the whole value in its error.
    if (/^[\x21-\x7e]+$/.test(key)) return key;
    throw new VoiceLinguaError(
      'PROVIDER_AUTH',
      `The environment variable ${name} holds characters that no API key has; set it again.`,
      { details: { provider, variable: name } },
    );
  }
  if (!keyRequired) return null;
  throw new VoiceLinguaError(
    'PROVIDER_AUTH',
    `The provider ${provider} needs a key: set the environment variable ${keyNames.join(' or ')}.`,
    { details: { provider, variables: keyNames } },
  );
}

/** Shortest key that is taken out of texts; local servers' stand-ins such as `none` are words, and no secrets. */
const SHORTEST_SECRET = 12;

/** A text from outside without the key, which a server may repeat in its errors, or even in an answer. */
export function withoutKey(text: string, key: string | null): string {
  return key === null || key.length < SHORTEST_SECRET ? text : text.replaceAll(key, '[key]');
}
