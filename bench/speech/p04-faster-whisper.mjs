/** P4: a recording of 5 min through CTranslate2, against faster-whisper's batched pipeline at its best size of batch. */
import { interleave } from '../lib/measure.mjs';
import { speechFile } from '../lib/recordings.mjs';
import { FasterWhisperPeer } from './lib/faster-whisper-peer.mjs';
import { openOurs, transcribeFile } from './lib/ours.mjs';
import { fasterWhisper } from './lib/peers.mjs';
import { checkRecording, describeWork } from './lib/script.mjs';
import { BEAM, setting } from './lib/setting.mjs';

const SECONDS = Number(process.env.VOICELINGUA_BENCH_LONG_SECONDS ?? 300);
const SEGMENT_SECONDS = 5;
/** By device: how many times as fast. */
const GOALS = { cpu: 1.3, cuda: 1 };

export const id = 'P4';
export const title = '5 min, CTranslate2 engine against faster-whisper in batches';
export const devices = ['cpu', 'cuda'];

export async function run({ rounds, device, size }) {
  const { quantization, threads, batchSizes, fasterWhisper: settings, twin: twinOf } = setting({ device, size });
  const twin = twinOf('small', SEGMENT_SECONDS);
  const file = speechFile(SECONDS);
  const { python, versions } = await fasterWhisper();
  const peer = await FasterWhisperPeer.start(python, twin.folder, settings);
  const lingua = await openOurs(twin.folder, { device });
  const work = {};
  const note = (name, { seconds, text }) => {
    work[name] = describeWork(checkRecording(text, twin.segments, SECONDS));
    return seconds;
  };
  const theirs = (batchSize) => async () => {
    // Times of segments as ours; its own default is to leave them out.
    const options = { language: 'en', beam_size: BEAM, without_timestamps: false, batchSize };
    const { seconds, texts } = await peer.transcribe([file], options);
    return note(`faster-whisper batched ${quantization}, batch ${batchSize}`, { seconds, text: texts[0] });
  };
  try {
    const sweep = {};
    for (const batchSize of batchSizes) {
      const once = theirs(batchSize);
      if (batchSize === batchSizes[0]) await once();
      sweep[batchSize] = await once();
      process.stderr.write(`  faster-whisper, batch ${batchSize}: ${sweep[batchSize].toFixed(2)} s\n`);
    }
    const best = batchSizes.reduce((least, next) => (sweep[next] < sweep[least] ? next : least));
    const name = `voicelingua, CTranslate2 ${quantization}`;
    const peerName = `faster-whisper batched ${quantization}, batch ${best}`;
    const figures = await interleave(
      {
        [name]: async () => note(name, await transcribeFile(lingua, file)),
        [peerName]: theirs(best),
      },
      rounds,
    );
    const speed = figures[peerName].median / figures[name].median;
    return {
      subject: `${SECONDS} s, ${twin.name}, beam 5, ${threads}; ${(SECONDS / figures[name].median).toFixed(1)} × real time`,
      figures,
      sweep,
      work,
      versions,
      unit: 's',
      ratio: speed,
      goal: `≥ ${GOALS[device]} × the speed at its best batch of ${batchSizes.join(', ')}`,
      met: speed >= GOALS[device],
    };
  } finally {
    await Promise.all([peer.stop(), lingua.close()]);
  }
}
