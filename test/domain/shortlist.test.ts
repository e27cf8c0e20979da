import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import {
  parseShortlists,
  type ShortlistFile,
  sameEnough,
  shortlistKey,
  shortlistText,
} from '../../src/domain/shortlist.js';
import { seededRandom } from '../native/addon-models.js';

const EFFECT = { sentences: 200, same: 199, speed: 1.4, beamSize: 4, source: 'en' };
const FILE: ShortlistFile = {
  model: 'm2m100',
  identity: 'a'.repeat(64),
  vocabulary: 1000,
  lists: new Map([
    ['de', { ids: [0, 1, 2, 3, 17, 20, 21, 999], width: 'texts', effect: EFFECT }],
    ['ja', { ids: [5], width: 'script-and-latin', effect: EFFECT }],
  ]),
};
const PATH = '/models/shortlists/m.json';

/** The file as JSON, to be damaged. */
interface DraftFile {
  format: unknown;
  version: unknown;
  model: Record<string, unknown> | undefined;
  lists: Record<string, unknown>;
  /** The list of `de`, to be damaged. */
  de: { width: unknown; tokens: unknown; ids: unknown; effect: Record<string, unknown> };
}

function failure(text: string): VoiceLinguaError {
  try {
    parseShortlists(text, PATH);
  } catch (error) {
    assert.instance(error, VoiceLinguaError);
    return error as VoiceLinguaError;
  }
  throw new Error(`it was read: ${text.slice(0, 200)}`);
}

test('what is written is read again, ids as ranges', () => {
  const text = shortlistText(FILE);
  assert.ok(text.includes('"0-3,17,20-21,999"'), text);
  assert.equal(parseShortlists(text, PATH), FILE);
  assert.is.not(shortlistKey(text), shortlistKey(text.replace('17', '18')));
});

test('any set of ids comes back', () => {
  const random = seededRandom(11);
  for (let round = 0; round < 200; round++) {
    const share = random.uniform();
    const ids = Array.from({ length: 300 }, (_, id) => id).filter(() => random.uniform() < share);
    if (ids.length === 0) continue;
    const lists = new Map([['de', { ids, width: 'script' as const, effect: EFFECT }]]);
    const read = parseShortlists(shortlistText({ ...FILE, vocabulary: 300, lists }), PATH);
    assert.equal(read.lists.get('de')?.ids, ids);
  }
});

test('a damaged file is named, with the ways out', () => {
  const whole = shortlistText(FILE);
  const changed = (change: (file: DraftFile) => void): string => {
    const file = JSON.parse(whole) as DraftFile;
    Object.defineProperty(file, 'de', { value: file.lists.de, enumerable: false });
    change(file);
    return JSON.stringify(file);
  };
  const cases: string[] = [
    '',
    'null',
    '[]',
    '{}',
    whole.slice(0, whole.length / 2),
    changed((file) => {
      file.format = 'another';
    }),
    changed((file) => {
      file.model = undefined;
    }),
    changed((file) => {
      (file.model as Record<string, unknown>).identity = 'A'.repeat(64);
    }),
    changed((file) => {
      (file.model as Record<string, unknown>).vocabulary = 0;
    }),
    changed((file) => {
      (file.model as Record<string, unknown>).vocabulary = 999;
    }),
    changed((file) => {
      file.lists = [] as never;
    }),
    changed((file) => {
      file.lists['not a language'] = file.de;
    }),
    changed((file) => {
      file.de.width = 'wide';
    }),
    changed((file) => {
      file.de.tokens = 9;
    }),
    changed((file) => {
      file.de.effect.same = 201;
    }),
    changed((file) => {
      file.de.effect.speed = null;
    }),
    ...['', '3-1', '1,1', '2,1', '1-3,3', '-1', '1.5', '01', ' 1', '1,', '0-1000', '1e2', '99999999999'].map((ids) =>
      changed((file) => {
        file.de.ids = ids;
      }),
    ),
  ];
  for (const text of cases) {
    const error = failure(text);
    assert.is(error.code, 'MODEL_INVALID', text.slice(0, 300));
    for (const part of [PATH, 'voicelingua models optimize', '--shortlist off']) {
      assert.ok(error.message.includes(part), error.message);
    }
  }
  const later = changed((file) => {
    file.version = 2;
  });
  assert.is(failure(later).code, 'MODEL_UNSUPPORTED');
});

test('a list is used when at least 99.5 % came out the same', () => {
  assert.ok(sameEnough({ sentences: 200, same: 199 }));
  assert.not.ok(sameEnough({ sentences: 200, same: 198 }));
  assert.not.ok(sameEnough({ sentences: 199, same: 198 }));
  assert.ok(sameEnough({ sentences: 3, same: 3 }));
  assert.not.ok(sameEnough({ sentences: 0, same: 0 }));
});

test.run();
