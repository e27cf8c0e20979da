/**
 * Works one task off and prints the peak memory of the process that had the engines: the engine host's, or this one's where they
 * run on threads of it. The task comes as JSON in the first argument: { options, requests }.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { open } from './subjects.mjs';

function peakOf(pid) {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) * 1024;
}

function children() {
  return readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'latin1').trim().split(' ').filter(Boolean),
  );
}

const { options, requests } = JSON.parse(process.argv[2]);
const lingua = await open(options);
const ids = (await lingua.submit(requests)).map(({ id }) => id);
const { completed } = await lingua.run(ids);
if (completed !== requests.length) {
  const [task] = await lingua.tasks({ status: 'failed' });
  throw new Error(`only ${completed} of ${requests.length} completed: ${task?.error?.message}`);
}
const hosts = children();
const peak = Math.max(...(hosts.length > 0 ? hosts : ['self']).map(peakOf));
await lingua.close();
console.log(JSON.stringify({ peak, isolation: hosts.length > 0 ? 'process' : 'thread' }));
