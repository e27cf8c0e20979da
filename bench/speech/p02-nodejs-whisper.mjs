/** P2: 20 clips of 3 s, against nodejs-whisper, which starts its whisper-cli for each file. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from '../lib/measure.mjs';
import { WORK } from '../lib/paths.mjs';
import { speechClips } from '../lib/recordings.mjs';
import { openOurs, transcribeAll } from './lib/ours.mjs';
import { nodejsWhisper } from './lib/peers.mjs';
import { checkClips, describeWork } from './lib/script.mjs';
import { setting } from './lib/setting.mjs';

const CLIPS = 20;
const SECONDS = 3;
const GOAL = 5;
const QUIET = { log() {}, debug() {}, error() {}, warn() {}, info() {} };

export const id = 'P2';
export const title = '20 clips of 3 s, against nodejs-whisper';
export const devices = ['cpu'];

export async function run({ rounds, size }) {
  const { quantization, twin: twinOf } = setting({ device: 'cpu', size });
  const twin = twinOf('tiny', SECONDS, { clip: true });
  const files = speechClips(CLIPS, SECONDS);
  const peer = await nodejsWhisper();
  const peerName = 'nodejs-whisper, file by file';
  const work = {};
  const note = (name, texts) => {
    work[name] = describeWork(checkClips(texts, twin.segments));
  };
  const theirs = withNodejsWhisper(peer, twin, files, (texts) => note(peerName, texts));
  const engines = {
    'whisper.cpp f16': { lingua: await openOurs(twin.ggml), transcribe: {} },
    'whisper.cpp f16, full context': { lingua: await openOurs(twin.ggml), transcribe: { audioContext: 'full' } },
    [`CTranslate2 ${quantization}`]: { lingua: await openOurs(twin.folder), transcribe: {} },
  };
  const contenders = {};
  for (const [engine, { lingua, transcribe }] of Object.entries(engines)) {
    const name = `voicelingua, ${engine}`;
    contenders[name] = async () => {
      const { seconds, texts } = await transcribeAll(lingua, files, transcribe);
      note(name, texts);
      return CLIPS / seconds;
    };
  }
  try {
    const figures = await interleave({ ...contenders, [peerName]: theirs }, rounds);
    return Object.keys(contenders).map((name) => {
      const ratio = figures[name].median / figures[peerName].median;
      return {
        subject: `${CLIPS} clips of ${SECONDS} s, ${twin.name}, beam 5, 2 threads`,
        figures: { [name]: figures[name], [peerName]: figures[peerName] },
        work,
        versions: peer.versions,
        unit: 'clips/s',
        ratio,
        goal: `≥ ${GOAL} × the throughput`,
        met: ratio >= GOAL,
      };
    });
  } finally {
    await Promise.all(Object.values(engines).map(({ lingua }) => lingua.close()));
  }
}

/** Its documented call, one file after the other; it reads the model by a name of its own list. */
function withNodejsWhisper({ nodewhisper }, { ggml, size }, files, check) {
  const modelRootPath = join(WORK, 'nodejs-whisper-models');
  rmSync(modelRootPath, { recursive: true, force: true });
  mkdirSync(modelRootPath, { recursive: true });
  symlinkSync(ggml, join(modelRootPath, `ggml-${size}.bin`));
  const options = { modelName: size, modelRootPath, whisperOptions: { language: 'en' }, logger: QUIET };
  return async () => {
    const texts = [];
    const started = performance.now();
    for (const file of files) texts.push(await nodewhisper(file, options));
    const seconds = (performance.now() - started) / 1000;
    check(texts.map((text) => text.replace(/^\[.*?\]/gm, '')));
    return files.length / seconds;
  };
}
