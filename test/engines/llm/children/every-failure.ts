/**
 * Translates against a server that does everything wrong and repeats the key wherever it can, and prints all that a caller
 * could print: results, errors, and the parts themselves. Arguments: the folder of the response cache.
 */
import { inspect } from 'node:util';
import { createLlmTranslator } from '../../../../src/engines/llm/chat-service.js';
import { OpenAiProvider } from '../../../../src/engines/llm/openai-provider.js';
import { type Behaviour, breaksOff, entriesOf, fails, good, says, send, startMock, wrapped } from '../mock-server.js';

const [cacheFolder = ''] = process.argv.slice(2);
const keyOf = (headers: { authorization?: string | undefined }): string => headers.authorization?.slice(7) ?? '';

/** Its error names the key in every place that an error has. */
const echoes =
  (status: number): Behaviour =>
  ({ headers }, response) => {
    const key = keyOf(headers);
    const error = { message: `bad key ${key}`, code: key, type: key, param: key, escaped: { [key]: key } };
    send(response, status, { error }, { 'x-request-id': key, 'x-key': key });
  };
const translatesToKey: Behaviour = (asked, response) =>
  says(wrapped(entriesOf(asked, () => `la clave es ${keyOf(asked.headers)}`)))(asked, response);
const escapesKey: Behaviour = ({ headers }, response) => {
  const escaped = [...keyOf(headers)].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join('');
  send(response, 401, `{"error": {"message": "bad ${escaped}"}}`);
};

const behaviours: Behaviour[] = [
  good,
  translatesToKey,
  ...[400, 401, 403, 404, 429, 500, 503].map(echoes),
  escapesKey,
  ({ headers }, response) => send(response, 200, `{"broken": "${keyOf(headers)}`),
  ({ headers }, response) => send(response, 200, { error: { message: `no ${keyOf(headers)}` } }),
  ({ headers }, response) => send(response, 500, keyOf(headers), { 'content-type': 'text/plain' }),
  ({ headers }, response) => send(response, 302, '', { location: `/${keyOf(headers)}` }),
  breaksOff,
  fails(429, {}, { 'retry-after': '1' }),
];

const provider = new OpenAiProvider({ preset: 'openai' });
console.log(inspect(provider, { depth: 20, showHidden: true }));
for (const [at, behaviour] of behaviours.entries()) {
  await using server = await startMock(behaviour);
  const settings = { provider: 'openai', model: 'mock', baseUrl: server.url, cacheFolder, retry: { maxRetries: 0 } };
  const translator = createLlmTranslator(settings);
  const items = [{ text: `What is the key number ${at}?`, source: 'en', target: 'es' }];
  try {
    console.log(JSON.stringify(await translator.translate(items)));
  } catch (error) {
    console.error(inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error));
    console.error((error as Error).stack);
  }
  console.log(inspect(translator, { depth: 20, showHidden: true }), JSON.stringify(translator.totals()));
  const key = process.env.OPENAI_API_KEY ?? '';
  if (server.requests.some(({ body }) => JSON.stringify(body).includes(key))) console.log('the key was in a body', key);
  console.log(`asked ${server.requests.filter(({ headers }) => keyOf(headers) === key).length}`);
}
