import { createServer, type Server } from 'node:http';
import { type AddressInfo, BlockList, isIP } from 'node:net';
import { CliError, usageError } from './errors.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_ADDRESS: Address = { host: '127.0.0.1', port: 9464 };

/** `PORT`, `HOST:PORT` or `[IPv6]:PORT`. */
export function parseAddress(text: string): Address {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw usageError(
      `--listen needs [HOST:]PORT, such as 9464, localhost:9464 or [::1]:9464; got ${JSON.stringify(text)}.`,
    );
  }
  return { host: match[1] ?? match[2] ?? DEFAULT_ADDRESS.host, port };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine can reach a host; of names, only `localhost` is known to be so. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `GET /metrics`, and nothing else. Requests that come at once share one answer.
 * @param failed called with what keeps the metrics from being made; the caller gets a 500
 */
export async function serveMetrics(
  { host, port }: Address,
  metrics: () => Promise<string>,
  failed: (error: unknown) => void,
): Promise<MetricsServer> {
  let current: Promise<string> | null = null;
  const shared = (): Promise<string> => {
    current ??= metrics().finally(() => {
      current = null;
    });
    return current;
  };
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    request.resume();
    if (path !== '/metrics') return void response.writeHead(404).end('Not found; the metrics are at /metrics.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    }
    try {
      const text = await shared();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : text);
    } catch (error) {
      failed(error);
      response.writeHead(500).end('The metrics cannot be read.\n');
    }
  });
  await listening(server, host, port);
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${given}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken; choose another one',
  EACCES: 'no permission for this port; choose one from 1024 on',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
};

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = REASONS[error.code ?? ''] ?? error.message;
      reject(new CliError('ADDRESS_UNAVAILABLE', 'resource', `Cannot listen at ${host}, port ${port}: ${reason}.`));
    });
    server.listen(port, host, resolve);
  });
}
