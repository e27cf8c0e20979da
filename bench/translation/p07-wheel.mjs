/** P7: 2,000 sentences into one language, against the ctranslate2 wheel with its best settings. */
import { interleave } from '../lib/measure.mjs';
import { bestWheel } from './lib/best.mjs';
import { openOurs, translateText } from './lib/ours.mjs';
import { BEAM, checkTexts, checkTokens, sentences, subject, THREADS, wheelRow } from './lib/subject.mjs';

const SENTENCES = Number(process.env.VOICELINGUA_BENCH_SENTENCES ?? 2000);
const LANGUAGE = 'de';
const TRIED = 96;

export const id = 'P7';
export const title = `${SENTENCES} sentences en to de, against the ctranslate2 wheel`;

export async function run({ rounds }) {
  const { model, script, python, versions } = await subject();
  const texts = sentences(SENTENCES);
  const rows = texts.map((tokens) => wheelRow(tokens, LANGUAGE));
  const { peer, name: settings, options, sweep } = await bestWheel(python, model, rows.slice(0, TRIED));
  const lingua = await openOurs(model);
  const name = 'voicelingua';
  const peerName = `wheel, ${settings}`;
  try {
    const figures = await interleave(
      {
        [name]: async () => {
          const {
            seconds,
            texts: [found],
          } = await translateText(lingua, texts, [LANGUAGE]);
          checkTexts(found, SENTENCES, script);
          return SENTENCES / seconds;
        },
        [peerName]: async () => {
          const { seconds, tokens } = await peer.translate(rows, 'one', options);
          checkTokens(tokens, SENTENCES, script);
          return SENTENCES / seconds;
        },
      },
      rounds,
    );
    const ratio = figures[name].median / figures[peerName].median;
    return {
      subject: `${SENTENCES} sentences en to de, M2M100-418M shape int8, beam ${BEAM}, ${THREADS} threads`,
      figures,
      sweep,
      versions,
      unit: 'sentences/s',
      ratio,
      goal: '≥ 1.0 ×; 1.5 × with a target shortlist',
      met: ratio >= 1,
    };
  } finally {
    await Promise.all([peer.stop(), lingua.close()]);
  }
}
