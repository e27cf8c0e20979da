/** VoiceLingua as a contender, through its public API. */
import { open } from '../../lib/subjects.mjs';
import { BEAM, THREADS } from './subject.mjs';

let texts = 0;

/**
 * Nothing comes from the memory, and nothing is translated twice: the twin's answers are no translations, so that checks speak against every
 * one. What the checks cost is in our time.
 */
const FAIR = { memory: false, checks: 'mark' };

/**
 * An instance with lanes of one thread each, as many as the peers have threads.
 * @param shortlist `auto` to use what {@link makeShortlists} made
 */
export function openOurs(model, shortlist = 'off') {
  return open({ mtModel: model, tokenizer: 'whitespace', jobs: THREADS, threads: 1, device: 'cpu', shortlist });
}

/**
 * One text of many sentences into languages.
 * @returns seconds, and the sentences of each language
 */
export async function translateText(lingua, sentences, languages) {
  const units = sentences.map((tokens, index) => ({ id: String(index), text: tokens.join(' ') }));
  const started = performance.now();
  const options = { from: 'en', to: languages, beamSize: BEAM, ...FAIR, textId: `text ${texts++}` };
  const { languages: found } = await lingua.translate(units, options);
  const seconds = (performance.now() - started) / 1000;
  return {
    seconds,
    texts: languages.map((language) => found[language].units.map(({ text }) => text)),
  };
}

/** Many callers with a sentence each, all at once. Seconds until the last has its answer. */
export async function translateEach(lingua, sentences, language) {
  const started = performance.now();
  const answers = await Promise.all(
    sentences.map((tokens) =>
      lingua.translate(tokens.join(' '), {
        from: 'en',
        to: language,
        beamSize: BEAM,
        ...FAIR,
        textId: `text ${texts++}`,
      }),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  return { seconds, texts: answers.map(({ languages }) => languages[language].text) };
}
