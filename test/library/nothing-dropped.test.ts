import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLingua } from '../../src/index.js';
import { ROOT, withLibrary } from './support.js';

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats.default(ajv);
const isPackage = ajv.compile(JSON.parse(readFileSync(join(ROOT, 'schema/package.schema.json'), 'utf8')) as object);

/** Outside of the phrasebook, to which the demo model answers with dots. */
const UNKNOWN = 'The glorious bureaucracy of tomorrow shall be abolished.';

function demo<T>(use: (lingua: VoiceLingua) => Promise<T>): Promise<T> {
  return withLibrary(use, { mtModel: 'demo-mt' });
}

test('a sentence that was translated before comes from the memory, in a new task with another text', async () => {
  await demo(async (lingua) => {
    const first = await lingua.translate('Good morning. Good evening.', { from: 'en', to: ['de', 'ja'] });
    const { entries, reused } = await lingua.translationMemory.overview();
    assert.equal([entries, reused], [4, 0]);
    const second = await lingua.translate('Good evening. Hello.', { from: 'en', to: ['de', 'ja'] });
    const after = await lingua.translationMemory.overview();
    assert.equal([after.entries, after.reused], [6, 2]);
    assert.is(second.languages.de?.text, `${first.languages.de?.text.split('. ')[1]} Hallo.`);
    await lingua.translate('Hello. Good morning.', { from: 'en', to: 'de', memory: false });
    await lingua.translate('Good morning. Hello.', { from: 'en', to: 'de', beamSize: 3 });
    const [last] = [await lingua.translationMemory.overview()];
    assert.equal([last?.entries, last?.reused], [8, 2], 'not for who wants none, nor for other options');
  });
});

test('an import goes before the model, and is told by nobody but its text', async () => {
  await demo(async (lingua) => {
    const tmx = `<?xml version="1.0"?><tmx version="1.4"><header creationtool="t" creationtoolversion="1" segtype="sentence" o-tmf="t"
      adminlang="en" srclang="en" datatype="plaintext"/><body><tu><tuv xml:lang="en"><seg>Good morning.</seg></tuv>
      <tuv xml:lang="de"><seg>Moin.</seg></tuv></tu></body></tmx>`;
    await lingua.translationMemory.import((await import('node:stream')).Readable.from([Buffer.from(tmx)]));
    const set = await lingua.translate('Good morning. Hello.', { from: 'en', to: 'de' });
    assert.is(set.languages.de?.text, 'Moin. Hallo.');
  });
});

test('terms and what must not change come through a model that copies neither', async () => {
  await demo(async (lingua) => {
    const glossary = [{ texts: { '*': 'VoiceLingua' }, doNotTranslate: true }];
    const text = 'Good morning. {user} 😀\nhttps://example.org/a?b=1\nVoiceLingua: Good evening.';
    const { languages } = await lingua.translate(text, { from: 'en', to: ['de', 'zh-tw', 'ru'], glossary });
    assert.is(languages.de?.text, 'Guten Morgen. {user} 😀\nhttps://example.org/a?b=1\nVoiceLingua: Guten Abend.');
    for (const { text: translated } of Object.values(languages)) {
      for (const kept of ['{user}', '😀', 'https://example.org/a?b=1', 'VoiceLingua'])
        assert.ok(translated.includes(kept), `${kept} in ${translated}`);
    }
  });
});

test('what may be wrong is told of: in the units, in a warning, and in the package with its reason', async () => {
  await demo(async (lingua) => {
    const set = await lingua.translate([`Good morning. ${UNKNOWN}`, 'Hello.'], {
      from: 'en',
      to: 'de',
      textId: 'doubt',
    });
    const [first, second] = set.languages.de?.units ?? [];
    assert.match(first?.suspect ?? '', /^empty: /);
    assert.is(second?.suspect, undefined);
    assert.ok((first?.confidence ?? 1) < 0.6 && (second?.confidence ?? 0) > 0.9);
    assert.match(set.warnings.join('\n'), /1 of 3 sentences in "de" may be wrong: "The glorious bureaucracy/);
    const built = await lingua.packageTask(set.task_id);
    assert.ok(isPackage(built), JSON.stringify(isPackage.errors));
    const suspects = built.translations.de?.reference_text?.suspects ?? [];
    assert.equal(
      suspects.map(({ sentence }) => sentence),
      [UNKNOWN],
    );
    assert.match(suspects[0]?.reason ?? '', /^empty: /);
    assert.is(built.translations.en?.reference_text?.suspects, undefined);
    const unchecked = await lingua.translate(UNKNOWN, { from: 'en', to: 'de', checks: 'off' });
    assert.equal([unchecked.languages.de?.units[0]?.suspect, unchecked.warnings.length], [undefined, 0]);
  });
});

test.run();
