import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../src/domain/errors.js';
import type {
  KeptItems,
  TranslationItem,
  TranslationOptions,
  Translator,
  TranslatorInfo,
} from '../../src/engines/ports.js';
import { limitedTo, modelsFor, RoutedTranslator } from '../../src/engines/routed-translator.js';

interface Scripted extends Translator {
  readonly calls: Array<{ readonly items: readonly TranslationItem[]; readonly options: TranslationOptions }>;
}

/** A translator that writes its name and the target before the text. */
function scripted(
  model: string,
  known: Partial<TranslatorInfo>,
  { confidence = 1, fails }: { readonly confidence?: number; readonly fails?: Error } = {},
): Scripted {
  const calls: Scripted['calls'] = [];
  return {
    calls,
    info: () => Promise.resolve({ model, family: 'plain', languages: [], ...known }),
    translate: async (items, options, signal) => {
      calls.push({ items, options });
      if (fails !== undefined) throw fails;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      return items.map(({ text, target }) => ({ text: `${model}>${target}(${text})`, confidence }));
    },
  };
}

const opus = (source: string, target: string, more = {}): Scripted =>
  scripted(`${source}-${target}`, { languages: [source, target], reads: [source], writes: [target] }, more);
const wide = (more = {}): Scripted => scripted('wide', { languages: ['en', 'de', 'fr', 'zh'] }, more);

const texts = async (routed: Translator, items: readonly TranslationItem[], options = {}): Promise<string[]> =>
  (await routed.translate(items, options)).map(({ text }) => text);

const item = (text: string, source: string, target: string): TranslationItem => ({ text, source, target });

async function failureOf(work: Promise<unknown>): Promise<VoiceLinguaError> {
  try {
    await work;
  } catch (error) {
    return error as VoiceLinguaError;
  }
  throw new Error('it did not fail');
}

test('each pair goes to the first model that does it; order is kept, and calls are grouped', async () => {
  const [pair, many] = [opus('en', 'de'), wide()];
  const routed = new RoutedTranslator([pair, many]);
  const items = [item('a', 'en', 'fr'), item('b', 'en', 'de'), item('c', 'de', 'en'), item('d', 'en', 'de')];
  assert.equal(await texts(routed, items), ['wide>fr(a)', 'en-de>de(b)', 'wide>en(c)', 'en-de>de(d)']);
  assert.equal([pair.calls.length, many.calls.length], [1, 1]);
  assert.equal(await texts(new RoutedTranslator([wide(), opus('en', 'de')]), [item('b', 'en', 'de')]), ['wide>de(b)']);
  assert.equal(routed.account().models, ['en-de', 'wide']);
});

test('what it knows: the union, and of a pair the model that does it', async () => {
  const routed = new RoutedTranslator([opus('en', 'de'), wide(), opus('ru', 'en')]);
  const info = await routed.info();
  assert.is(info.model, 'en-de, wide, ru-en');
  assert.equal([...info.languages].sort(), ['de', 'en', 'fr', 'ru', 'zh']);
  assert.is((await routed.infoFor('en', 'de')).model, 'en-de');
  assert.is((await routed.infoFor('de', 'en')).model, 'wide');
  assert.is((await routed.infoFor('ru', 'fr')).model, 'ru-en + wide');
});

test('without a direct model two go through English, a sentence once for all its languages', async () => {
  const into = opus('ru', 'en', { confidence: 0.5 });
  const outOf = opus('en', 'de', { confidence: 0.8 });
  const other = opus('en', 'fr');
  const routed = new RoutedTranslator([into, outOf, other]);
  const items = [item('a', 'ru', 'de'), item('b', 'ru', 'de'), item('a', 'ru', 'fr'), item('a', 'ru', 'de')];
  const results = await routed.translate(items, { beamSize: 2, terms: [{ source: 'a', target: 'x' }], before: ['z'] });
  assert.equal(
    results.map(({ text }) => text),
    ['en-de>de(ru-en>en(a))', 'en-de>de(ru-en>en(b))', 'en-fr>fr(ru-en>en(a))', 'en-de>de(ru-en>en(a))'],
  );
  assert.is(results[0]?.confidence, 0.4);
  assert.is(results[0]?.model, 'ru-en + en-de');
  // Of one group each sentence is brought into English once.
  assert.equal(
    into.calls.map(({ items: sent }) => sent.map(({ text }) => text)),
    [['a', 'b'], ['a']],
  );
  // Terms are said in the last language, and the context is in the first.
  assert.equal(into.calls[0]?.options, { beamSize: 2, before: ['z'] });
  assert.equal(outOf.calls[0]?.options, { beamSize: 2 });
});

test('a direct model goes before any detour, wherever it stands', async () => {
  const routed = new RoutedTranslator([opus('de', 'en'), opus('en', 'fr'), opus('de', 'fr')]);
  assert.equal(await texts(routed, [item('a', 'de', 'fr')]), ['de-fr>fr(a)']);
  assert.is(await routed.other('de', 'fr'), null);
});

test('Chinese is one language to models; a change of script is nothing to search a model for', async () => {
  const routed = new RoutedTranslator([opus('en', 'de'), opus('en', 'zh')]);
  assert.equal(await texts(routed, [item('a', 'en', 'zh-tw'), item('b', 'zh', 'zh-tw')]), [
    'en-zh>zh-tw(a)',
    'en-de>zh-tw(b)',
  ]);
});

test('another model for a pair is the next that does it, and counts as used', async () => {
  const routed = new RoutedTranslator([opus('en', 'de'), opus('en', 'fr'), wide()]);
  const other = await routed.other('en', 'de');
  assert.is((await other?.info())?.model, 'wide');
  assert.equal(await other?.translate([item('a', 'en', 'de')], {}), [{ text: 'wide>de(a)', confidence: 1 }]);
  assert.equal(routed.account().models, ['wide']);
  assert.is(await routed.other('de', 'fr'), null, 'the one that does it is the only one');
});

test('a pair that nothing does names what each model knows', async () => {
  const routed = new RoutedTranslator([opus('en', 'de'), wide()]);
  for (const work of [routed.infoFor('en', 'ko'), routed.translate([item('a', 'en', 'ko')], {})]) {
    const error = await failureOf(work);
    assert.is(error.code, 'UNSUPPORTED_LANGUAGE');
    assert.match(error.message, /"en" into "ko".*en-de reads en and writes de; wide knows de, en, fr, zh/);
  }
});

test('one model that does not tell its languages is taken at its word; among several it needs them', async () => {
  assert.equal(await texts(new RoutedTranslator([scripted('x', {})]), [item('a', 'ar', 'la')]), ['x>la(a)']);
  const error = await failureOf(new RoutedTranslator([wide(), scripted('x', {})]).info());
  assert.is(error.code, 'INVALID_ARGUMENT');
  assert.match(error.message, /x is for.*en-de=MODEL/);
  const limited = limitedTo(scripted('x', {}), { reads: ['ar'], writes: ['en'] });
  assert.equal(await texts(new RoutedTranslator([wide(), limited]), [item('a', 'ar', 'de')]), ['wide>de(x>en(a))']);
});

test('what gets through a detour is what gets through both', async () => {
  const of = (kept?: KeptItems) => (kept === undefined ? {} : { kept });
  const through = async (one?: KeptItems, other?: KeptItems): Promise<KeptItems | undefined> => {
    const first = scripted('a', { languages: ['de', 'en'], reads: ['de'], writes: ['en'], ...of(one) });
    const second = scripted('b', { languages: ['en', 'fr'], reads: ['en'], writes: ['fr'], ...of(other) });
    return (await new RoutedTranslator([first, second]).infoFor('de', 'fr')).kept;
  };
  assert.is(await through('told', 'told'), 'told');
  assert.is(await through('told', undefined), 'marks');
  assert.is(await through('cut', 'told'), 'cut');
});

test('the first failure ends the other routes and is the one that is told; an abort is its own', async () => {
  const broken = opus('en', 'de', { fails: new Error('broken') });
  const routed = new RoutedTranslator([broken, wide()]);
  const items = [item('a', 'en', 'fr'), item('b', 'en', 'de')];
  assert.is((await failureOf(routed.translate(items, {}))).message, 'broken');
  const abort = new AbortController();
  const working = new RoutedTranslator([opus('en', 'de'), wide()]).translate(items, {}, abort.signal);
  abort.abort(new Error('stopped'));
  assert.is((await failureOf(working)).message, 'stopped');
});

test('a failure to look at a model is looked at again', async () => {
  let times = 0;
  const flaky: Translator = {
    ...wide(),
    info: () => (times++ === 0 ? Promise.reject(new Error('busy')) : wide().info()),
  };
  const routed = new RoutedTranslator([flaky]);
  assert.is((await failureOf(routed.info())).message, 'busy');
  assert.is((await routed.info()).model, 'wide');
});

test('models that a pair may load', () => {
  const infos = [
    { model: 'a', family: 'marian', languages: ['en', 'de'], reads: ['en'], writes: ['de'] },
    { model: 'b', family: 'm2m100', languages: ['en', 'de', 'fr'] },
    { model: 'c', family: 'marian', languages: ['ru', 'en'], reads: ['ru'], writes: ['en'] },
    { model: 'd', family: 'marian', languages: ['en', 'ko'], reads: ['en'], writes: ['ko'] },
  ] as const satisfies readonly TranslatorInfo[];
  assert.equal(modelsFor(infos, 'en', 'de'), [0, 1]);
  assert.equal(modelsFor(infos, 'ru', 'de'), [2, 0]);
  assert.equal(modelsFor(infos, 'ko', 'de'), []);
});

test.run();
