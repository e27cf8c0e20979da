import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import {
  abortSignal,
  boolean,
  callback,
  defineOptions,
  describe,
  integer,
  language,
  languages,
  nested,
  number,
  oneOf,
  orFalse,
  required,
  string,
  strings,
} from '../../src/domain/options.js';

const KINDS = {
  beamSize: integer({ min: 1, max: 16, default: 5 }),
  offset: integer({ min: 0 }),
  priority: integer(),
  temperature: number({ min: 0, max: 2, default: 0 }),
  timestamps: boolean({ default: true }),
  model: string(),
  prompt: string({ allowEmpty: true }),
  strategy: oneOf(['windowed', 'sequential'], { default: 'windowed' }),
  language: language({ auto: true, default: 'auto' }),
  to: languages(),
  ids: strings(),
  signal: abortSignal(),
  logger: callback<(line: string) => void>(),
  ffmpeg: orFalse(string()),
  inner: nested(defineOptions('outer: inner', { depth: integer({ min: 1 }) })),
};
const parse = defineOptions('transcribe', KINDS);

function failure(given: unknown): VoiceLinguaError {
  try {
    parse(given);
  } catch (error) {
    assert.instance(error, VoiceLinguaError);
    return error as VoiceLinguaError;
  }
  assert.unreachable(`${describe(given)} was accepted`);
  throw new Error('unreachable');
}

test('defaults stand where nothing is given', () => {
  const defaults = {
    beamSize: 5,
    temperature: 0,
    timestamps: true,
    strategy: 'windowed',
    language: 'auto',
  };
  assert.equal(parse(), defaults);
  assert.equal(parse({}), defaults);
  assert.equal(parse({ beamSize: undefined, model: undefined }), defaults);
});

test('values are read, languages in canonical form', () => {
  const signal = new AbortController().signal;
  const logger = () => undefined;
  const parsed = parse({
    beamSize: 1,
    model: 'demo-stt',
    language: 'zh-Hant',
    to: 'en, zh-CN,de,en',
    signal,
    logger,
    ffmpeg: false,
  });
  assert.is(parsed.beamSize, 1);
  assert.is(parsed.language, 'zh-tw');
  assert.equal(parsed.to, ['en', 'zh', 'de']);
  assert.is(parsed.signal, signal);
  assert.is(parsed.logger, logger);
  assert.is(parsed.ffmpeg, false);
});

test('an unknown name is answered with the nearest right one', () => {
  const error = failure({ beam_size: 4 });
  assert.is(error.code, 'UNKNOWN_OPTION');
  assert.match(error.message, 'transcribe has no option "beam_size". Did you mean "beamSize"?');
  assert.is(error.details.suggestion, 'beamSize');
  assert.is(failure(JSON.parse('{"__proto__": 1}')).code, 'UNKNOWN_OPTION');
  assert.is(failure({ constructor: 1 }).code, 'UNKNOWN_OPTION');
});

test('a wrong value is answered with the option, what it takes and what was given', () => {
  assert.is(
    failure({ beamSize: 17 }).message,
    'transcribe: "beamSize" must be a whole number from 1 to 16, but 17 was given.',
  );
  assert.is(
    failure({ offset: -1 }).message,
    'transcribe: "offset" must be a whole number of at least 0, but -1 was given.',
  );
  assert.match(failure({ strategy: 'windwed' }).message, 'one of windowed, sequential (did you mean "windowed"?)');
  assert.match(failure({ ids: ['a', ''] }).message, '"ids[1]"');
  assert.match(failure({ inner: { deep: 1 } }).message, 'outer: inner has no option "deep"');
  assert.is(failure({ language: 'jp' }).code, 'UNSUPPORTED_LANGUAGE');
});

test('every option takes or refuses every strange value, and never falls over', () => {
  const strange = [
    undefined,
    null,
    Number.NaN,
    -1,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    '',
    ' ',
    'a\0b',
    {},
    [],
    [null],
    Symbol('s'),
    10n,
    () => 1,
    Object.create(null),
    true,
  ];
  const codes = new Set(['INVALID_ARGUMENT', 'UNSUPPORTED_LANGUAGE']);
  for (const name of Object.keys(KINDS)) {
    for (const value of strange) {
      try {
        parse({ [name]: value });
      } catch (error) {
        assert.instance(error, VoiceLinguaError, `${name} × ${describe(value)}: ${error}`);
        assert.ok(codes.has((error as VoiceLinguaError).code), `${name} × ${describe(value)}`);
      }
    }
    for (const value of [null, Number.NaN, Symbol('s'), 10n])
      assert.is(failure({ [name]: value }).code, 'INVALID_ARGUMENT');
  }
  for (const given of [null, 7, 'text', [], () => 1, new Map(), new Date(), Symbol('s')]) {
    assert.is(failure(given).code, 'INVALID_ARGUMENT');
  }
});

test('a required option must be there', () => {
  const parseTo = defineOptions('translate', { to: required(languages()) });
  assert.equal(parseTo({ to: ['de'] }).to, ['de']);
  for (const given of [undefined, {}, { to: undefined }, { to: [] }, { to: '' }]) {
    assert.throws(
      () => parseTo(given),
      (error: VoiceLinguaError) => error.code === 'INVALID_ARGUMENT' && /"to"/.test(error.message),
    );
  }
});

test('values are described on one short line', () => {
  assert.is(describe('a\n"b"'), '"a\\n\\"b\\""');
  assert.ok(describe('x'.repeat(1000)).length < 70);
  assert.is(describe([]), 'an empty array');
  assert.is(describe([1, 2]), 'an array of 2');
  assert.is(describe(Object.create(null)), 'an object');
  assert.is(describe(-0.5), '-0.5');
});

test.run();
