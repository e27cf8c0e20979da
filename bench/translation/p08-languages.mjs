/** P8: a transcript of 60 sentences into nine languages, against a call for each sentence and language, and language by language. */
import { interleave } from '../lib/measure.mjs';
import { bestWheel, searchOptions, startWheel } from './lib/best.mjs';
import { openOurs, translateText } from './lib/ours.mjs';
import { makeShortlists } from './lib/shortlists.mjs';
import { BEAM, checkTexts, checkTokens, LANGUAGES, sentences, subject, THREADS, wheelRow } from './lib/subject.mjs';

const SENTENCES = 60;
/** Calls for each sentence and language are slow; so many languages tell how slow, and the rest is reckoned. */
const LANGUAGES_ONE_BY_ONE = 1;
const GOALS = { each: 5, language: 1, shortlist: 1.4 };

export const id = 'P8';
export const title = `${SENTENCES} sentences into ${LANGUAGES.length} languages`;

export async function run({ rounds }) {
  const { model, script, python, versions } = await subject();
  const texts = sentences(SENTENCES);
  const rowsOf = (language) => texts.map((tokens) => wheelRow(tokens, language));
  const { peer, name: settings, options, sweep } = await bestWheel(python, model, rowsOf('de'));
  // As in seed 000: one translator with all threads, a call for each.
  const single = await startWheel(python, model, { inter_threads: 1, intra_threads: THREADS });
  const tokens = await makeShortlists(model, script, LANGUAGES);
  const lingua = await openOurs(model);
  const shortlisted = await openOurs(model, 'auto');
  const name = 'voicelingua';
  const shortName = `voicelingua, a shortlist of at most ${tokens} tokens for each language`;
  const time = async (instance) => {
    const { seconds, texts: found } = await translateText(instance, texts, LANGUAGES);
    for (const one of found) checkTexts(one, SENTENCES, script);
    return seconds;
  };
  const byLanguage = `wheel language by language, ${settings}`;
  const each = 'wheel, a call for each sentence and language';
  try {
    const figures = await interleave(
      {
        [name]: () => time(lingua),
        [shortName]: () => time(shortlisted),
        [byLanguage]: async () => {
          let sum = 0;
          for (const language of LANGUAGES) {
            const { seconds, tokens: found } = await peer.translate(rowsOf(language), 'one', options);
            checkTokens(found, SENTENCES, script);
            sum += seconds;
          }
          return sum;
        },
        [each]: async () => {
          let sum = 0;
          for (const language of LANGUAGES.slice(0, LANGUAGES_ONE_BY_ONE)) {
            const { seconds, tokens: found } = await single.translate(rowsOf(language), 'each', searchOptions);
            checkTokens(found, SENTENCES, script);
            sum += seconds;
          }
          return (sum / LANGUAGES_ONE_BY_ONE) * LANGUAGES.length;
        },
      },
      rounds,
    );
    const common = {
      subject: `${SENTENCES} sentences into ${LANGUAGES.length} languages, M2M100-418M shape int8, beam ${BEAM}, ${THREADS} threads`,
      sweep,
      versions,
      unit: 's',
    };
    const against = (peerName, least, own = name) => {
      const ratio = figures[peerName].median / figures[own].median;
      const both = { [own]: figures[own], [peerName]: figures[peerName] };
      return { ...common, figures: both, ratio, goal: `≥ ${least.toFixed(1)} × the speed`, met: ratio >= least };
    };
    return [
      against(each, GOALS.each),
      against(byLanguage, GOALS.language),
      against(byLanguage, GOALS.shortlist, shortName),
    ];
  } finally {
    await Promise.all([peer.stop(), single.stop(), lingua.close(), shortlisted.close()]);
  }
}
