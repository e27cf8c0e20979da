/** P18: memory of the engine host with two lanes against one: one more state, the weights once. */
import { readFileSync, statSync } from 'node:fs';
import { interleave } from '../lib/measure.mjs';
import { speechFile } from '../lib/recordings.mjs';
import { open, speechModel } from '../lib/subjects.mjs';

const MIB = 2 ** 20;
/** What allocators and the lane's own thread (a V8 isolate) take on top of a state. */
const LANE_MIB = 40;

export const id = 'P18';
export const title = 'memory of 2 lanes against 1';

/** Sizes that whisper.cpp logs when it makes a state: "kv self size = 3.15 MB", "compute buffer (conv) = 14.10 MB". */
const STATE_LINE = /(?:size|buffer \(\w+\))\s*=\s*([\d.]+) MB/;

export async function run({ rounds }) {
  const model = speechModel('base', 'tiny');
  const file = speechFile(20);
  let stateMiB = 0;
  let batch = 0;
  const peak = (jobs) => async () => {
    const seen = new Map();
    const logger = ({ source, message }) => {
      const found = source === 'whisper' && message.startsWith('whisper_init_state') ? STATE_LINE.exec(message) : null;
      if (found !== null) seen.set(message.slice(0, message.indexOf('=')), Number(found[1]));
    };
    const lingua = await open({
      sttModel: model.path,
      jobs,
      threads: 1,
      isolation: 'process',
      logger,
      logLevel: 'debug',
    });
    try {
      const name = batch++;
      const requests = Array.from({ length: 4 }, (_, index) => ({
        audio: file,
        language: 'en',
        textId: `batch ${name}, clip ${index}`,
      }));
      const ids = (await lingua.submit(requests)).map((task) => task.id);
      const { completed } = await lingua.run(ids);
      if (completed !== 4) throw new Error(`only ${completed} of 4 completed`);
      stateMiB = [...seen.values()].reduce((sum, size) => sum + size, 0);
      return peakMiB(hostOf(process.pid));
    } finally {
      await lingua.close();
    }
  };
  const figures = await interleave({ '2 lanes': peak(2), '1 lane': peak(1) }, rounds);
  const more = figures['2 lanes'].median - figures['1 lane'].median;
  const weights = statSync(model.path).size / MIB;
  return {
    subject: `${model.name}: weights ${weights.toFixed(0)} MiB, a state ${stateMiB.toFixed(0)} MiB by whisper.cpp's log`,
    figures,
    unit: 'MiB',
    ratio: more,
    ratioUnit: ' MiB more',
    goal: `≤ a state + ${LANE_MIB} MiB`,
    met: stateMiB > 0 && more <= stateMiB + LANE_MIB,
  };
}

function hostOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const host = children.find((child) => /voicelingua-host/.test(readFileSync(`/proc/${child}/cmdline`, 'utf8')));
  if (host === undefined) throw new Error('there is no engine host');
  return host;
}

function peakMiB(pid) {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
