/** What an endpoint understands beyond the common core of the chat API. */
export interface Dialect {
  /** How JSON can be asked for, strongest first; with `text` the prompt alone asks. */
  readonly format: 'json_schema' | 'json_object' | 'text';
  /** False where the model takes no temperature but its own. */
  readonly temperature: boolean;
  /** What the limit of the answer is called. */
  readonly limit: 'max_tokens' | 'max_completion_tokens';
}

const FORMAT = /response[_ ]?(?:format|schema)|json[_ ]?(?:schema|object|mode)|structured[_ ]output/i;

/**
 * The dialect to try after the endpoint refused a request with this message; null when the message speaks of nothing that
 * could be left out. Each step leaves something behind for good, except that of the two names for the limit `max_tokens`
 * gives way only to the newer one, so that steps come to an end.
 */
export function adaptDialect(dialect: Dialect, refusal: string): Dialect | null {
  if (dialect.format !== 'text' && FORMAT.test(refusal)) {
    return { ...dialect, format: dialect.format === 'json_schema' ? 'json_object' : 'text' };
  }
  // OpenAI's own message for the old name mentions the new one too.
  if (dialect.limit === 'max_tokens' && /max_completion_tokens/i.test(refusal)) {
    return { ...dialect, limit: 'max_completion_tokens' };
  }
  if (dialect.temperature && /temperature/i.test(refusal)) return { ...dialect, temperature: false };
  return null;
}
