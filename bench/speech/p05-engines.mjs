/** P5: the same recording through both of our engines: CTranslate2 against whisper.cpp. */
import { interleave } from '../lib/measure.mjs';
import { speechFile } from '../lib/recordings.mjs';
import { openOurs, transcribeFile } from './lib/ours.mjs';
import { checkRecording, describeWork } from './lib/script.mjs';
import { setting } from './lib/setting.mjs';

const SECONDS = Number(process.env.VOICELINGUA_BENCH_LONG_SECONDS ?? 300);
const SEGMENT_SECONDS = 5;
/** By device: how many times as fast; on a GPU each engine is to reach so many times real time as well. */
const GOALS = { cpu: { ratio: 2.5 }, cuda: { ratio: 4, realTime: [250, 65] } };

export const id = 'P5';
export const title = '5 min, CTranslate2 engine against the whisper.cpp engine';
export const devices = ['cpu', 'cuda'];

export async function run({ rounds, device, size }) {
  const { quantization, threads, twin: twinOf } = setting({ device, size });
  const twin = twinOf('small', SEGMENT_SECONDS);
  const file = speechFile(SECONDS);
  const engines = {
    [`voicelingua, CTranslate2 ${quantization}`]: await openOurs(twin.folder, { device }),
    'voicelingua, whisper.cpp f16': await openOurs(twin.ggml, { device }),
  };
  const work = {};
  const contenders = {};
  for (const [name, lingua] of Object.entries(engines)) {
    contenders[name] = async () => {
      const { seconds, text } = await transcribeFile(lingua, file);
      work[name] = describeWork(checkRecording(text, twin.segments, SECONDS));
      return seconds;
    };
  }
  try {
    const figures = await interleave(contenders, rounds);
    const medians = Object.values(figures).map((figure) => figure.median);
    const ratio = medians[1] / medians[0];
    const realTime = medians.map((seconds) => SECONDS / seconds);
    const goal = GOALS[device];
    const floors = goal.realTime ?? [0, 0];
    return {
      subject: `${SECONDS} s, ${twin.name}, beam 5, ${threads}; ${realTime.map((x) => x.toFixed(1)).join(' and ')} × real time`,
      figures,
      work,
      unit: 's',
      ratio,
      goal: `≥ ${goal.ratio} × the speed${goal.realTime ? `, ≥ ${floors.join(' and ')} × real time` : ''}`,
      met: ratio >= goal.ratio && realTime.every((speed, index) => speed >= floors[index]),
    };
  } finally {
    await Promise.all(Object.values(engines).map((lingua) => lingua.close()));
  }
}
