/** P6: 60 clips of 5 s as one batch, against faster-whisper file by file. */
import { interleave } from '../lib/measure.mjs';
import { speechClips } from '../lib/recordings.mjs';
import { FasterWhisperPeer } from './lib/faster-whisper-peer.mjs';
import { openOurs, transcribeAll } from './lib/ours.mjs';
import { fasterWhisper } from './lib/peers.mjs';
import { checkClips, describeWork } from './lib/script.mjs';
import { BEAM, setting } from './lib/setting.mjs';

const SECONDS = 5;
/** By device. */
const CASES = { cpu: { clips: 60, goal: 3 }, cuda: { clips: 64, goal: 2 } };

export const id = 'P6';
export const title = '60 clips of 5 s in a batch, against faster-whisper file by file';
export const devices = ['cpu', 'cuda'];

export async function run({ rounds, device, size }) {
  const { clips, goal } = CASES[device];
  const { quantization, threads, fasterWhisper: settings, twin: twinOf } = setting({ device, size });
  const twin = twinOf('small', SECONDS, { clip: true });
  const files = speechClips(clips, SECONDS);
  const { python, versions } = await fasterWhisper();
  const peer = await FasterWhisperPeer.start(python, twin.folder, settings);
  const lingua = await openOurs(twin.folder, { device });
  const name = `voicelingua, CTranslate2 ${quantization}`;
  const fullName = `${name}, full context`;
  const peerName = `faster-whisper ${quantization}, file by file`;
  const work = {};
  const note = (who, { seconds, texts }) => {
    work[who] = describeWork(checkClips(texts, twin.segments));
    return clips / seconds;
  };
  const options = { language: 'en', beam_size: BEAM };
  try {
    const figures = await interleave(
      {
        [name]: async () => note(name, await transcribeAll(lingua, files)),
        [fullName]: async () => note(fullName, await transcribeAll(lingua, files, { audioContext: 'full' })),
        [peerName]: async () => note(peerName, await peer.transcribe(files, options)),
      },
      rounds,
    );
    const ratio = figures[name].median / figures[peerName].median;
    return {
      subject: `${clips} clips of ${SECONDS} s, ${twin.name}, beam 5, ${threads}`,
      figures,
      work,
      versions,
      unit: 'clips/s',
      ratio,
      goal: `≥ ${goal} × the throughput`,
      met: ratio >= goal,
    };
  } finally {
    await Promise.all([peer.stop(), lingua.close()]);
  }
}
