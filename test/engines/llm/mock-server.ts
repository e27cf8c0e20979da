import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedLine {
  readonly id: number;
  readonly start?: string;
  readonly text: string;
}

/** A request as the server got it. */
export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly body: Record<string, unknown>;
  readonly system: string;
  readonly user: Record<string, unknown>;
  /** Lines to translate. */
  readonly lines: readonly AskedLine[];
  readonly context: readonly string[];
}

/** How the server answers one request. */
export type Behaviour = (asked: Asked, response: ServerResponse) => void | Promise<void>;

export interface MockServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: Asked[];
  /** One behaviour for each request to come, the last of them for all further. */
  behave(...behaviours: Behaviour[]): void;
}

export async function startMock(...first: Behaviour[]): Promise<MockServer> {
  let behaviours: Behaviour[] = first.length === 0 ? [good] : first;
  const requests: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = readRequest(request.url ?? '', request.headers, Buffer.concat(chunks).toString('utf8'));
      requests.push(asked);
      const behaviour = (behaviours.length > 1 ? behaviours.shift() : behaviours[0]) as Behaviour;
      void behaviour(asked, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    behave: (...next) => {
      behaviours = next;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readRequest(url: string, headers: IncomingHttpHeaders, text: string): Asked {
  const body = JSON.parse(text) as Record<string, unknown>;
  const messages = body.messages as Array<{ role: string; content: string }>;
  const system = messages.find(({ role }) => role === 'system')?.content ?? '';
  const content = messages.find(({ role }) => role === 'user')?.content ?? '{}';
  const user = content.startsWith('{') ? (JSON.parse(content) as Record<string, unknown>) : {};
  const all = (user.lines ?? []) as Array<Partial<AskedLine> & { context?: string }>;
  const lines = all.filter((line): line is AskedLine => line.id !== undefined);
  const context = all.flatMap((line) => (line.context === undefined ? [] : [line.context]));
  return { url, headers, body, system, user, lines, context };
}

/** The translation that the server gives. */
export function translationOf(text: string): string {
  return `¡${text}!`;
}

export interface Entry {
  readonly id: number | string;
  readonly start?: string | undefined;
  readonly text: string;
}

export function entriesOf({ lines }: Asked, translate: (text: string) => string = translationOf): Entry[] {
  return lines.map(({ id, start, text }) => ({
    id,
    ...(start === undefined ? {} : { start }),
    text: translate(text),
  }));
}

export interface CompletionParts {
  readonly finish?: string;
  readonly refusal?: string;
  readonly usage?: unknown;
  readonly content?: string | null;
}

/** What the chat API answers with. */
export function completionOf(content: string | null, parts: CompletionParts = {}): Record<string, unknown> {
  return {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'mock',
    choices: [
      {
        index: 0,
        finish_reason: parts.finish ?? 'stop',
        message: { role: 'assistant', content, refusal: parts.refusal ?? null },
      },
    ],
    ...('usage' in parts
      ? parts.usage === undefined
        ? {}
        : { usage: parts.usage }
      : {
          usage: {
            prompt_tokens: 100,
            completion_tokens: 50,
            total_tokens: 150,
            prompt_tokens_details: { cached_tokens: 40 },
          },
        }),
  };
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function wrapped(entries: readonly Entry[]): string {
  return JSON.stringify({ translations: entries });
}

export const good: Behaviour = (asked, response) => send(response, 200, completionOf(wrapped(entriesOf(asked))));

/** Answers with this content; a function gets the good entries. */
export function says(
  content: string | null | ((entries: Entry[], asked: Asked) => string),
  parts: CompletionParts = {},
): Behaviour {
  return (asked, response) => {
    const text = typeof content === 'function' ? content(entriesOf(asked), asked) : content;
    send(response, 200, completionOf(text, parts));
  };
}

export function fails(status: number, error: unknown = {}, headers: Record<string, string> = {}): Behaviour {
  return (_, response) => send(response, status, { error }, headers);
}

/** Never answers. */
export const silent: Behaviour = () => undefined;

/** Sends headers and half a body, then closes the connection. */
export const breaksOff: Behaviour = (asked, response) => {
  const body = JSON.stringify(completionOf(wrapped(entriesOf(asked))));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
};

/** Sends a body a little at a time, without an end. */
export const endless: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 5);
  response.on('close', () => clearInterval(timer));
};
