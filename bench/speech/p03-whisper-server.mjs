/** P3: 20 clips at once, the first of them 10 min long, against whisper-server. */
import { interleave, median } from '../lib/measure.mjs';
import { speechClips, speechFile } from '../lib/recordings.mjs';
import { openOurs, transcribeAll } from './lib/ours.mjs';
import { whisperServer } from './lib/peers.mjs';
import { checkClips, checkRecording, describeWork } from './lib/script.mjs';
import { BEAM, setting, THREADS } from './lib/setting.mjs';
import { WhisperServerPeer } from './lib/whisper-server-peer.mjs';

const SHORT = 19;
const SHORT_SECONDS = 3;
const LONG_SECONDS = Number(process.env.VOICELINGUA_BENCH_LONG_SECONDS ?? 600);
const GOAL = 1.6;
const WAIT_GOAL = 2;

export const id = 'P3';
export const title = '20 clips at once, 1 of them 10 min, against whisper-server';
export const devices = ['cpu'];

export async function run({ rounds, size }) {
  const { quantization, twin: twinOf } = setting({ device: 'cpu', size });
  const twin = twinOf('tiny', SHORT_SECONDS);
  // Says one segment and ends.
  const clipTwin = twinOf('tiny', SHORT_SECONDS, { clip: true });
  const files = [speechFile(LONG_SECONDS), ...speechClips(SHORT, SHORT_SECONDS)];
  const { program, versions } = await whisperServer();
  const work = {};
  /** Seconds until a short clip is done, of every round. */
  const waits = {};
  const note = (name, { seconds, texts, after }) => {
    const [long, ...short] = texts;
    const recording = checkRecording(long, twin.segments, LONG_SECONDS);
    const clips = checkClips(short, twin.segments);
    work[name] = `long: ${describeWork(recording)}; short: ${describeWork(clips)}`;
    waits[name] ??= [];
    waits[name].push(after.slice(1));
    return files.length / seconds;
  };
  const server = await WhisperServerPeer.start(program, [
    ...['-m', twin.ggml, '-t', String(THREADS), '-l', 'en', '-bs', String(BEAM), '-bo', String(BEAM), '-mc', '0'],
  ]);
  const engines = {
    'whisper.cpp f16': await openOurs(twin.ggml),
    [`CTranslate2 ${quantization}`]: await openOurs(twin.folder),
  };
  const contenders = {};
  for (const [engine, lingua] of Object.entries(engines)) {
    const name = `voicelingua, ${engine}`;
    // whisper.cpp ends a clip where its sound ends. In CTranslate2 a twin goes on to the end of its script, ten segments
    // for 3 s of sound, as no model does that can hear: clips get one of the same shape that ends.
    const models = engine.startsWith('CTranslate2') ? [twin, ...Array(SHORT).fill(clipTwin)] : [];
    const options = { models: models.map(({ folder }) => folder) };
    contenders[name] = async () => note(name, await transcribeAll(lingua, files, {}, options));
  }
  const peerName = 'whisper-server';
  const theirs = async () => note(peerName, await postAll(server, files));
  try {
    const figures = await interleave({ ...contenders, [peerName]: theirs }, rounds);
    return Object.keys(contenders).map((name) => {
      const ratio = figures[name].median / figures[peerName].median;
      // The first round warms up.
      const [ours, others] = [name, peerName].map((who) => waits[who].slice(1).flat());
      const worst = Math.max(...ours);
      return {
        subject:
          `${SHORT} clips of ${SHORT_SECONDS} s and 1 of ${LONG_SECONDS} s at once, ${twin.name}, beam 5, 2 threads; ` +
          `a short clip is done after ${waitText(ours)}, by the peer after ${waitText(others)}`,
        figures: { [name]: figures[name], [peerName]: figures[peerName] },
        waits: { [name]: ours, [peerName]: others },
        work,
        versions,
        unit: 'clips/s',
        ratio,
        goal: `≥ ${GOAL} × clips/s, short clips done in ≤ ${WAIT_GOAL} s`,
        met: ratio >= GOAL && worst <= WAIT_GOAL,
      };
    });
  } finally {
    await Promise.all([server.stop(), ...Object.values(engines).map((lingua) => lingua.close())]);
  }
}

const waitText = (waits) => `${median(waits).toFixed(1)} s (longest ${Math.max(...waits).toFixed(1)} s)`;

/** All requests at once, the long one first. */
async function postAll(server, files) {
  const started = performance.now();
  const since = () => (performance.now() - started) / 1000;
  const answers = await Promise.all(
    files.map(async (file) => {
      const text = await server.transcribe(file);
      return { text, after: since() };
    }),
  );
  return { seconds: since(), texts: answers.map(({ text }) => text), after: answers.map(({ after }) => after) };
}
