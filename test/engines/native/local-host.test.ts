import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shortlistKey, shortlistText } from '../../../src/domain/shortlist.js';
import type { ShortlistRef } from '../../../src/engines/native/lane-models.js';
import type { LocalHost } from '../../../src/engines/native/local-host.js';
import { NativeDecoder, NativeTranslator } from '../../../src/engines/native/native-engines.js';
import { CT2_VOCABULARY, SCRIPT, TRANSLATION } from '../../native/addon-models.js';
import {
  describe,
  modelRef,
  openWindows,
  owner,
  recognizer,
  rejection,
  scriptedModel,
  scriptedTranslator,
  temporary,
  toneFile,
  until,
  withLocalHost,
} from './support.js';

const OPTIONS = { language: 'en', beamSize: 1 } as const;
/** 25 MB of weights. */
const LARGE = { state: 256, heads: 4, textLayers: 1 };

async function recognizeOnce(host: LocalHost, group: string, model: string): Promise<string> {
  const { stream, windows } = await openWindows(host, group, toneFile(2));
  const { segments } = await recognizer(host, group, model).recognize(windows[0] as never, OPTIONS);
  await stream.close();
  return segments.map((segment) => segment.text).join(' ');
}

const loadedInNative = async (host: LocalHost): Promise<string[]> =>
  (await describe(host)).models.map(({ path }) => path).sort();

test('a window is recognised by its number, and its samples go with a discard, or their recording', async () => {
  await withLocalHost(async (host) => {
    const model = scriptedModel();
    const { stream, windows } = await openWindows(host, 'a', toneFile(12), 3, 3);
    assert.equal(Object.keys(windows[0] ?? {}).sort(), ['pieces', 'span', 'speech', 'window']);
    assert.is((await describe(host)).windows, 3);
    const ears = recognizer(host, 'a', model);
    const [first, second, third] = windows;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three windows');
    // Which language is asked first; the window stays for its recognition.
    assert.type((await ears.detectLanguage(first)).language, 'string');
    const { segments } = await ears.recognize(first, OPTIONS);
    assert.is(segments.flatMap(({ tokens }) => tokens).length, SCRIPT.length - 2, 'the script without its times');
    // It may be recognised in another way, until it is discarded.
    assert.is((await describe(host)).windows, 3);
    assert.equal((await ears.recognize(first, OPTIONS)).segments, segments);
    stream.discard(first);
    stream.discard(second);
    await stream.nextWindow();
    assert.is((await rejection(ears.recognize(first, OPTIONS))).code, 'CLOSED');
    const { windows: waiting, handles: held } = await describe(host);
    assert.equal([waiting, held.samples], [2, 2], 'the third, and one more');
    await stream.close();
    assert.is((await rejection(ears.recognize(third, OPTIONS))).code, 'CLOSED');
    assert.is((await rejection(stream.nextWindow())).code, 'CLOSED');
    const { windows: left, recordings, handles } = await describe(host);
    assert.equal([left, recordings, handles.audio, handles.samples], [0, 0, 0, 0]);
  });
});

test('a recognition that failed may be tried again on the same window', async () => {
  await withLocalHost(async (host) => {
    const { stream, windows } = await openWindows(host, 'a', toneFile(2));
    const bad = recognizer(host, 'a', temporary('no-such-model.bin'));
    assert.is((await rejection(bad.recognize(windows[0] as never, OPTIONS))).code, 'MODEL_NOT_FOUND');
    assert.equal(host.loadedModels(), []);
    const { segments } = await recognizer(host, 'a', scriptedModel()).recognize(windows[0] as never, OPTIONS);
    assert.ok(segments.length > 0);
    await stream.close();
  });
});

test('a whole recording in one window: its language is detected first, then it is recognised', async () => {
  await withLocalHost(async (host) => {
    const decoder = new NativeDecoder(host, { ffmpeg: null, detector: null }, owner('a'));
    const stream = await decoder.open({ kind: 'file', path: toneFile(75) }, { strategy: 'sequential' });
    const window = await stream.nextWindow();
    if (window === null) throw new Error('a window');
    assert.is(window.span.end, 75);
    const ears = recognizer(host, 'a', scriptedModel());
    assert.type((await ears.detectLanguage(window)).language, 'string');
    const { segments } = await ears.recognize(window, { ...OPTIONS, context: true });
    assert.ok(segments.length > 0);
    await stream.close();
  });
});

test('release frees what a group left open, and nothing of others', async () => {
  await withLocalHost(async (host) => {
    const { windows } = await openWindows(host, 'a', toneFile(12), 2, 3);
    const other = await openWindows(host, 'b', toneFile(12), 1, 3);
    host.release('a');
    await until(async () => (await describe(host)).handles.audio === 1, 'the recording of a is closed');
    assert.is((await describe(host)).windows, 1);
    assert.is(
      (await rejection(recognizer(host, 'a', scriptedModel()).recognize(windows[0] as never, OPTIONS))).code,
      'CLOSED',
    );
    assert.ok((await other.stream.nextWindow()) !== null);
    await other.stream.close();
  });
});

test('an opening that is aborted leaves nothing open', async () => {
  await withLocalHost(async (host) => {
    const abort = new AbortController();
    const opening = host.run({
      method: 'openSource',
      params: {
        path: toneFile(2),
        options: { maxWindowSeconds: 30, strategy: 'windowed', ffmpeg: null, detector: null },
      },
      signal: abort.signal,
      group: 'a',
    });
    await delay(0);
    abort.abort(new Error('no more'));
    assert.is(await opening.catch((error: Error) => error.message), 'no more');
    await until(async () => (await describe(host)).handles.audio === 0, 'closed');
    assert.is((await describe(host)).recordings, 0);
  });
});

test('over the memory cap the model used longest ago is unloaded', async () => {
  const models = [1, 2, 3].map((seed) => scriptedModel(LARGE, seed));
  const [first, second, third] = models as [string, string, string];
  await withLocalHost(
    async (host) => {
      await recognizeOnce(host, 'a', first);
      await recognizeOnce(host, 'a', second);
      assert.equal(await loadedInNative(host), [first, second].sort());
      assert.equal(host.loadedModels(), [first, second]);
      await recognizeOnce(host, 'a', third);
      assert.equal(await loadedInNative(host), [second, third].sort());
      assert.equal(host.loadedModels(), [second, third]);
      // What was unloaded comes back when it is wanted.
      assert.ok((await recognizeOnce(host, 'b', first)).length > 0);
      assert.equal(await loadedInNative(host), [first, third].sort());
    },
    { jobs: 1, modelMemory: 70e6 },
  );
});

test('every lane lets go of an unloaded model', async () => {
  const [first, second] = [scriptedModel(LARGE, 1), scriptedModel(LARGE, 2)];
  await withLocalHost(
    async (host) => {
      await Promise.all(['a', 'b', 'c'].map((group) => recognizeOnce(host, group, first)));
      assert.is((await describe(host)).handles.recognizer, 2);
      await recognizeOnce(host, 'a', second);
      const { handles, models } = await describe(host);
      assert.is(handles.recognizer, 1);
      assert.equal(
        models.map(({ path }) => path),
        [second],
      );
    },
    { jobs: 2, modelMemory: 30e6 },
  );
});

test('models that nobody uses are unloaded after a while: recognizers, translators and tokenizers', async () => {
  await withLocalHost(
    async (host) => {
      const translator = new NativeTranslator(
        host,
        modelRef(scriptedTranslator(), 'whitespace'),
        { name: 'mt', advice: {} },
        1,
        owner('t'),
      );
      await recognizeOnce(host, 'a', scriptedModel(LARGE, 1));
      const [translated] = await translator.translate([{ text: '▁t1', source: 'en', target: 'de' }], {});
      assert.ok((translated?.text.length ?? 0) > 0);
      assert.is(host.loadedModels().length, 2);
      await until(() => host.loadedModels().length === 0, 'unloaded');
      await until(async () => (await describe(host)).models.length === 0, 'unloaded in native code too');
      const { handles } = await describe(host);
      assert.equal([handles.recognizer, handles.translator, handles.tokenizer, handles.model], [0, 0, 0, 0]);
    },
    { jobs: 1, modelIdleMs: 300 },
  );
});

test('a translator keeps to the shortlist of a file, whoever else shares its lane', async () => {
  await withLocalHost(
    async (host) => {
      const path = scriptedTranslator();
      const items = ['de', 'fr', 'de'].map((target, row) => ({ text: `▁t1 ▁t${row + 10}`, source: 'en', target }));
      const open = (shortlistFor?: (language: string) => ShortlistRef | null): NativeTranslator => {
        const facts = { name: 'mt', advice: {}, ...(shortlistFor === undefined ? {} : { shortlistFor }) };
        return new NativeTranslator(host, modelRef(path, 'whitespace'), facts, 1, owner('t'));
      };
      const whole = await open().translateToTokens(items, {});
      assert.equal(
        whole.map(({ tokens }) => tokens),
        items.map(() => TRANSLATION),
      );
      const file = temporary('shortlist.json');
      const ids = TRANSLATION.slice(1).map((token) => CT2_VOCABULARY.indexOf(token));
      const effect = { sentences: 1, same: 0, speed: 1, beamSize: 4, source: 'en' };
      const list = { ids: ids.sort((a, b) => a - b), width: 'texts' as const, effect };
      const text = shortlistText({
        model: 'mt',
        identity: '0'.repeat(64),
        vocabulary: 48,
        lists: new Map([['de', list]]),
      });
      writeFileSync(file, text);
      const ref = { path: file, key: shortlistKey(text), language: 'de' };
      const kept = open((language) => (language === 'de' ? ref : null));
      const said = await kept.translateToTokens(items, { maxTokens: 8 });
      const first = TRANSLATION[0] as string;
      assert.equal(
        said.map(({ tokens }) => tokens.includes(first)),
        [false, true, false],
        'French has no list',
      );
      assert.equal(await open().translateToTokens(items, {}), whole);
      writeFileSync(file, text.replace('"de"', '"da"'));
      const changed = open(() => ({ ...ref, key: shortlistKey(text.replace('"de"', '"da"')) }));
      assert.is((await rejection(changed.translate(items, {}))).code, 'MODEL_INVALID');
      const gone = open(() => ({ ...ref, path: temporary('gone.json'), key: 'other' }));
      assert.is((await rejection(gone.translate(items, {}))).code, 'MODEL_NOT_FOUND');
      assert.equal(await open().translateToTokens(items, {}), whole);
    },
    { jobs: 1 },
  );
});

test('growth is what came after the models and their first calls', async () => {
  await withLocalHost(
    async (host) => {
      for (let call = 0; call < 17; call++) {
        await recognizeOnce(host, 'a', scriptedModel({}, 1));
        assert.is(host.status().growth, 0, 'what a call needs is none');
      }
      await recognizeOnce(host, 'a', scriptedModel({}, 1));
      const held = Buffer.alloc(64e6, 1);
      assert.ok(host.status().growth > 50e6, `${host.status().growth}`);
      await recognizeOnce(host, 'a', scriptedModel(LARGE, 2));
      assert.is(host.status().growth, 0, 'another model needs more');
      assert.is(held.length, 64e6);
    },
    { jobs: 1 },
  );
});

test.run();
