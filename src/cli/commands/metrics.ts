import { once } from 'node:events';
import { type Context, withLibrary } from '../context.js';
import { usageError } from '../errors.js';
import { EXIT_OK } from '../exit-codes.js';

/** `voicelingua metrics`: prints the store's metrics, or serves them until it is stopped. */
export async function metrics(context: Context): Promise<number> {
  const { ui, flags, signal } = context;
  if (flags.listen === undefined) {
    const text = await withLibrary(context, (lingua) => lingua.metrics());
    ui.record({ type: 'metrics', text });
    ui.record({ type: 'summary', total: 1, completed: 1, failed: 0, cancelled: 0 });
    ui.result(text.trimEnd());
    return EXIT_OK;
  }
  const { DEFAULT_ADDRESS, isLoopback, parseAddress, serveMetrics } = await import('../metrics-server.js');
  const address = typeof flags.listen === 'string' ? parseAddress(flags.listen) : DEFAULT_ADDRESS;
  if (flags.allowRemote !== true && !isLoopback(address.host)) {
    throw usageError(
      `--listen ${address.host} can be reached from other machines, which the metrics are not protected from. ` +
        'Take 127.0.0.1, or say --allow-remote.',
    );
  }
  await withLibrary(context, async (lingua) => {
    const server = await serveMetrics(
      address,
      () => lingua.metrics(),
      (error) => ui.warning(`the metrics cannot be read: ${error instanceof Error ? error.message : String(error)}`),
    );
    try {
      ui.record({ type: 'listening', url: server.url });
      ui.message(`metrics at ${server.url} until Ctrl-C`);
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await server.close();
      ui.record({ type: 'summary', total: 0, completed: 0, failed: 0, cancelled: 0 });
    }
  });
  return EXIT_OK;
}
