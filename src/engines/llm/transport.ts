/** The body of an answer is larger than the caller takes. */
export class BodyTooLargeError extends Error {
  constructor(readonly limit: number) {
    super(`the answer is larger than ${limit} bytes`);
    this.name = 'BodyTooLargeError';
  }
}

/** The few headers of a request that the API needs; what the client says of this machine is left out. */
const SENT = ['accept', 'content-type'];

/**
 * A `fetch` that adds the key at the last moment, follows no redirects (they could carry the key elsewhere) and reads the
 * whole body before it returns, so that the caller's time limit and the size limit hold for all of it.
 * @param key read for every request, kept nowhere; null sends none
 * @param maxBytes of the body after decompression
 */
export function boundedFetch(key: () => string | null, maxBytes: number): typeof fetch {
  return async (input, init) => {
    const given = new Headers(init?.headers);
    const headers = new Headers({ 'user-agent': 'voicelingua' });
    for (const name of SENT) {
      const value = given.get(name);
      if (value !== null) headers.set(name, value);
    }
    const secret = key();
    if (secret !== null) headers.set('authorization', `Bearer ${secret}`);
    const response = await fetch(input, { ...init, headers, redirect: 'manual' });
    const body = await readBody(response, maxBytes);
    return new Response(body.length === 0 ? null : body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLargeError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
