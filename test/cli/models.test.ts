import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaOptions } from '../../src/api-types.js';
import { cli, inFolder, RecordingLingua } from './support.js';

test('models optimize hands texts and sample on by language, and prints what each list does', async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'a.txt'), 'Guten Tag.\r\n\n  Gute Nacht.  \n');
    writeFileSync(join(folder, 'b.txt'), 'Bonjour.\n');
    writeFileSync(join(folder, 's.txt'), 'Good day.\nGood night.\n');
    const lingua = new RecordingLingua();
    const texts = ['--text', 'de=a.txt', '--text', 'fr=b.txt', '--text', 'DE=b.txt'];
    const call = ['models', 'optimize', 'm2m', '--to', 'de,fr', '--sample', 's.txt', '--beam-size', '2', ...texts];
    const { code, stdout, stderr } = await cli(call, { lingua: lingua.api(), cwd: folder });
    assert.is(code, 0);
    assert.equal(lingua.calls, [
      {
        optimizeModel: {
          model: 'm2m',
          to: ['de', 'fr'],
          texts: { de: ['Guten Tag.', 'Gute Nacht.', 'Bonjour.'], fr: ['Bonjour.'] },
          sample: ['Good day.', 'Good night.'],
          beamSize: 2,
        },
      },
    ]);
    const line = '1,200 of 3,216 tokens by script, 200 of 200 sentences the same, 1.50 × as fast';
    assert.is(stdout, `de\ton\t${line}\nfr\ton\t${line}\n`);
    assert.match(stderr, /sentences that were given, en, beam 2/);
    assert.match(stderr, /in use from now on: \/models\/shortlists\/m\.json/);
  });
});

test('a language without a list ends with 5, and --json says all', async () => {
  const lingua = new RecordingLingua();
  const call = ['models', 'optimize', 'm2m', '--to', 'de,ru', '--language', 'fr', '--json'];
  const { code, records, stderr } = await cli(call, { lingua: lingua.api() });
  assert.is(code, 5);
  assert.equal(lingua.calls, [{ optimizeModel: { model: 'm2m', to: ['de', 'ru'], from: 'fr' } }]);
  const [german, russian, summary, ...rest] = records();
  assert.equal([german?.type, german?.language, german?.kept, german?.vocabulary], ['shortlist', 'de', true, 3216]);
  assert.equal([russian?.kept, Array.isArray(russian?.trials)], [false, true]);
  assert.equal(summary, { type: 'summary', total: 2, completed: 1, failed: 1, cancelled: 0 });
  assert.equal(rest, []);
  assert.match(stderr, /99\.5 %/);
});

test('a list that brings nothing is named', async () => {
  const call = ['models', 'optimize', 'm2m', '--to', 'de,ko'];
  const { code, stderr } = await cli(call, { lingua: new RecordingLingua().api() });
  assert.is(code, 0);
  assert.match(stderr, /no faster with a list here: ko;/);
});

test('wrong calls of models optimize end with 2, a missing file with 4', async () => {
  const cases: Array<[string[], number, RegExp]> = [
    [['models', 'optimize'], 2, /missing required argument/],
    [['models', 'optimize', 'm'], 2, /--to/],
    [['models', 'optimize', 'm', 'n', '--to', 'de'], 2, /too many arguments/],
    [['models', 'optimize', 'm', '--to', 'de,fr', '--text', 'x'], 2, /--text needs a language of --to/],
    [['models', 'optimize', 'm', '--to', 'de', '--text', 'fr=x'], 2, /--text needs a language of --to/],
    [['models', 'optimize', 'm', '--to', 'de', '--text', 'not-there.txt'], 4, /no such file/],
    [['models', 'optimize', 'm', '--to', 'de', '--sample', 'not-there.txt'], 4, /no such file/],
    [['translate', 'x', '--to', 'de', '--shortlist', 'on'], 2, /auto, off/],
  ];
  for (const [call, code, message] of cases) {
    const result = await cli(call, { lingua: new RecordingLingua().api() });
    assert.equal([result.code, result.stdout], [code, ''], call.join(' '));
    assert.match(result.stderr, message);
  }
});

test('--shortlist reaches the library', async () => {
  const opened: VoiceLinguaOptions[] = [];
  await cli(['translate', 'x', '--to', 'de', '--shortlist', 'off'], { lingua: new RecordingLingua().api(), opened });
  assert.is(opened[0]?.shortlist, 'off');
});

test.run();
