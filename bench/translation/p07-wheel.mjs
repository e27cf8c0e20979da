/** P7: 2,000 sentences into one language, against the ctranslate2 wheel with its best settings. */
import { interleave } from '../lib/measure.mjs';
import { bestWheel } from './lib/best.mjs';
import { openOurs, translateText } from './lib/ours.mjs';
import { makeShortlists } from './lib/shortlists.mjs';
import { BEAM, checkTexts, checkTokens, sentences, subject, THREADS, wheelRow } from './lib/subject.mjs';

const SENTENCES = Number(process.env.VOICELINGUA_BENCH_SENTENCES ?? 2000);
const LANGUAGE = 'de';
const TRIED = 96;
const GOALS = { whole: 1, shortlist: 1.5 };

export const id = 'P7';
export const title = `${SENTENCES} sentences en to de, against the ctranslate2 wheel`;

export async function run({ rounds }) {
  const { model, script, python, versions } = await subject();
  const texts = sentences(SENTENCES);
  const rows = texts.map((tokens) => wheelRow(tokens, LANGUAGE));
  const { peer, name: settings, options, sweep } = await bestWheel(python, model, rows.slice(0, TRIED));
  const tokens = await makeShortlists(model, script, [LANGUAGE]);
  const lingua = await openOurs(model);
  const shortlisted = await openOurs(model, 'auto');
  const name = 'voicelingua';
  const shortName = `voicelingua, shortlist of ${tokens} tokens`;
  const peerName = `wheel, ${settings}`;
  const rate = async (instance) => {
    const {
      seconds,
      texts: [found],
    } = await translateText(instance, texts, [LANGUAGE]);
    checkTexts(found, SENTENCES, script);
    return SENTENCES / seconds;
  };
  try {
    const figures = await interleave(
      {
        [name]: () => rate(lingua),
        [shortName]: () => rate(shortlisted),
        [peerName]: async () => {
          const { seconds, tokens: found } = await peer.translate(rows, 'one', options);
          checkTokens(found, SENTENCES, script);
          return SENTENCES / seconds;
        },
      },
      rounds,
    );
    const against = (own, least) => {
      const ratio = figures[own].median / figures[peerName].median;
      return {
        subject: `${SENTENCES} sentences en to de, M2M100-418M shape int8, beam ${BEAM}, ${THREADS} threads`,
        figures: { [own]: figures[own], [peerName]: figures[peerName] },
        sweep,
        versions,
        unit: 'sentences/s',
        ratio,
        goal: `≥ ${least.toFixed(1)} ×`,
        met: ratio >= least,
      };
    };
    return [against(name, GOALS.whole), against(shortName, GOALS.shortlist)];
  } finally {
    await Promise.all([peer.stop(), lingua.close(), shortlisted.close()]);
  }
}
