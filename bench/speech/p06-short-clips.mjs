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
  const twin = twinOf('small', SECONDS);
  const files = speechClips(clips, SECONDS);
  const { python, versions } = await fasterWhisper();
  const peer = await FasterWhisperPeer.start(python, twin.folder, settings);
  const lingua = await openOurs(twin.folder, { device });
  const name = `voicelingua, CTranslate2 ${quantization}`;
  const peerName = `faster-whisper ${quantization}, file by file`;
  const work = {};
  const note = (who, { seconds, texts }, how) => {
    work[who] = describeWork(checkClips(texts, twin.segments, how));
    return clips / seconds;
  };
  // A model that hears 5 s says the words of 5 s. The twin would go on with the script of the whole window, so the peer
  // may stop after the first segment: its words and two times. CTranslate2 halves the length that it is given, of which
  // three tokens are the prompt.
  const first = twin.segments[0].text.split(' ').length;
  const options = { language: 'en', beam_size: BEAM, max_new_tokens: 2 * twin.firstTokens - 3 };
  try {
    const figures = await interleave(
      {
        [name]: async () => note(name, await transcribeAll(lingua, files, { pack: true }), { divided: true }),
        [peerName]: async () => note(peerName, await peer.transcribe(files, options)),
      },
      rounds,
    );
    const ratio = figures[name].median / figures[peerName].median;
    return {
      subject: `${clips} clips of ${SECONDS} s, ${twin.name} (${first} words a clip), beam 5, ${threads}; ours packed, which can mix clips up`,
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
