/** The wheel at its best: which threads and sizes of batch are fastest here. */
import { BEAM, THREADS } from './subject.mjs';
import { WheelPeer } from './wheel-peer.mjs';

const LAYOUTS = [
  { inter_threads: THREADS, intra_threads: 1 },
  { inter_threads: 1, intra_threads: THREADS },
];
const BATCHES = [
  { max_batch_size: 16, batch_type: 'examples' },
  { max_batch_size: 32, batch_type: 'examples' },
  { max_batch_size: 64, batch_type: 'examples' },
  { max_batch_size: 1024, batch_type: 'tokens' },
];

export const searchOptions = { beam_size: BEAM, return_scores: true };

/** @returns the peer with the best threads, the options of its calls, and the seconds of every try */
export async function bestWheel(python, model, rows) {
  const sweep = {};
  let best = null;
  for (const layout of LAYOUTS) {
    const peer = await startWheel(python, model, layout);
    for (const batch of BATCHES) {
      const options = { ...searchOptions, ...batch };
      // The first call of a process is slower.
      if (batch === BATCHES[0]) await peer.translate(rows, 'one', options);
      const { seconds } = await peer.translate(rows, 'one', options);
      const name = `${layout.inter_threads} × ${layout.intra_threads} threads, ${batch.max_batch_size} ${batch.batch_type}`;
      sweep[name] = seconds;
      process.stderr.write(`  wheel, ${name}: ${seconds.toFixed(2)} s\n`);
      if (best === null || seconds < best.seconds) best = { seconds, name, layout, options };
    }
    await peer.stop();
  }
  return { ...best, sweep, peer: await startWheel(python, model, best.layout) };
}

export function startWheel(python, model, layout = LAYOUTS[0]) {
  return WheelPeer.start(python, model, { device: 'cpu', compute_type: 'int8', ...layout });
}
