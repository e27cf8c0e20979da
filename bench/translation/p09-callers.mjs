/** P9: 200 callers with a sentence each, against a call for each; and how long one caller waits on an idle machine. */
import { interleave } from '../lib/measure.mjs';
import { searchOptions, startWheel } from './lib/best.mjs';
import { openOurs, translateEach } from './lib/ours.mjs';
import { makeShortlists } from './lib/shortlists.mjs';
import { BEAM, checkTexts, checkTokens, sentences, subject, THREADS, wheelRow } from './lib/subject.mjs';

const CALLERS = 200;
const LANGUAGE = 'de';
const GOALS = { throughput: 5, waitMs: 15 };

export const id = 'P9';
export const title = `${CALLERS} callers, a sentence each`;

export async function run({ rounds }) {
  const { model, script, python, versions } = await subject();
  const tokens = await makeShortlists(model, script, [LANGUAGE]);
  const texts = sentences(CALLERS);
  const rows = texts.map((words) => wheelRow(words, LANGUAGE));
  const peer = await startWheel(python, model);
  const single = await startWheel(python, model, { inter_threads: 1, intra_threads: 1 });
  const lingua = await openOurs(model);
  const shortlisted = await openOurs(model, 'auto');
  const name = 'voicelingua';
  const shortName = `voicelingua, shortlist of ${tokens} tokens`;
  const peerName = `wheel, ${CALLERS} calls at once, ${THREADS} × 1 threads`;
  const alone = 'voicelingua, one caller';
  const aloneThere = 'wheel, one call, 1 thread';
  const [first] = texts;
  const rate = async (instance) => {
    const { seconds, texts: found } = await translateEach(instance, texts, LANGUAGE);
    checkTexts(found, CALLERS, script);
    return CALLERS / seconds;
  };
  try {
    const figures = await interleave(
      {
        [name]: () => rate(lingua),
        [shortName]: () => rate(shortlisted),
        [peerName]: async () => {
          const { seconds, tokens: found } = await peer.translate(rows, 'together', searchOptions);
          checkTokens(found, CALLERS, script);
          return CALLERS / seconds;
        },
        [alone]: async () => {
          const { seconds, texts: found } = await translateEach(lingua, [first], LANGUAGE);
          checkTexts(found, 1, script);
          return seconds * 1000;
        },
        [aloneThere]: async () => {
          const { seconds, tokens: found } = await single.translate(rows.slice(0, 1), 'one', searchOptions);
          checkTokens(found, 1, script);
          return seconds * 1000;
        },
      },
      rounds,
    );
    const common = { versions, subject: `M2M100-418M shape int8, beam ${BEAM}, ${THREADS} threads` };
    const more = figures[alone].median - figures[aloneThere].median;
    const against = (own) => {
      const ratio = figures[own].median / figures[peerName].median;
      return {
        ...common,
        subject: `${CALLERS} callers, a sentence each, ${common.subject}`,
        figures: { [own]: figures[own], [peerName]: figures[peerName] },
        unit: 'sentences/s',
        ratio,
        goal: `≥ ${GOALS.throughput} × the throughput`,
        met: ratio >= GOALS.throughput,
      };
    };
    return [
      against(name),
      against(shortName),
      {
        ...common,
        subject: `one caller on an idle machine, ${common.subject}`,
        figures: { [alone]: figures[alone], [aloneThere]: figures[aloneThere] },
        unit: 'ms',
        ratio: more,
        ratioUnit: ' ms more',
        goal: `≤ ${GOALS.waitMs} ms more`,
        met: more <= GOALS.waitMs,
      },
    ];
  } finally {
    await Promise.all([peer.stop(), single.stop(), lingua.close(), shortlisted.close()]);
  }
}
