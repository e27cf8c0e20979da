/** Results as docs/benchmarks.md has them. */
import { verdict } from '../../lib/runner.mjs';

const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;

/** One table for all results, the work that each contender did, and what was measured with what. */
export function markdown(results) {
  const head = ['goal', 'subject', 'ours', 'peer', 'result', 'wanted', 'met'];
  const rows = results.map((result) => {
    const [ours, ...peers] = Object.entries(result.figures).map(([name, figure]) => told(name, figure, result.unit));
    return [result.id, result.subject, ours, peers.join('; '), verdict(result), result.goal, result.met ? 'yes' : 'no'];
  });
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    'Each with its work:',
    '',
    ...unique(results.flatMap(workLines)),
    '',
    'Measured with:',
    '',
    ...unique(results.map(runLine)),
    '',
  ].join('\n');
}

const unique = (lines) => [...new Set(lines)];

function told(name, { median, all }, unit) {
  return `${name}: ${median.toFixed(3)} ${unit} (${Math.min(...all).toFixed(3)} to ${Math.max(...all).toFixed(3)})`;
}

function workLines({ id, work = {}, sweep }) {
  const lines = Object.entries(work).map(([name, done]) => `- ${id}, ${name}: ${done}`);
  if (sweep === undefined) return lines;
  const sizes = Object.entries(sweep).map(([size, seconds]) => `${size}: ${seconds.toFixed(2)} s`);
  return [...lines, `- ${id}, faster-whisper by its size of batch, once each: ${sizes.join(', ')}`];
}

function runLine({ id, machine, device = 'cpu', rounds, date, ours = [], versions = [] }) {
  const peers = versions.length === 0 ? '' : `; ${versions.join(', ')}`;
  return `- ${id}: ${rounds} rounds on ${date.slice(0, 10)}, ${machine}, ${device}; ${ours.join(', ')}${peers}`;
}
