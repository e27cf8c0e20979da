import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig, resolveSettings, SETTINGS, type SettingName } from '../../src/cli/settings.js';
import { cli, inFolder, RecordingLingua } from './support.js';

const none = { path: 'config.json', values: {} };

test('flag goes before environment, environment before config file', () => {
  const config = { path: 'config.json', values: { jobs: 4, device: 'cpu', sttModel: 'file' } };
  const env = { VOICELINGUA_JOBS: '3', VOICELINGUA_STT_MODEL: 'environment' };
  const settings = resolveSettings(['jobs', 'device', 'sttModel'], { sttModel: 'flag' }, env, config);
  assert.equal(settings, { jobs: 3, device: 'cpu', sttModel: 'flag' });
});

test('settings that a command does not know are not taken from anywhere', () => {
  const env = { VOICELINGUA_OUT: 'somewhere' };
  assert.equal(resolveSettings(['json'], { out: 'x' }, env, none), {});
});

test('an empty environment variable counts as unset', () => {
  assert.equal(resolveSettings(['store'], {}, { VOICELINGUA_STORE: '' }, none), {});
});

test('lists split at commas and spaces and keep each name once', () => {
  const settings = resolveSettings(['to'], { to: ['de,fr', 'zh-tw de'] }, {}, none);
  assert.equal(settings.to, ['de', 'fr', 'zh-tw']);
});

test('every setting refuses wrong values and names the place they came from', () => {
  const wrong: Array<[SettingName, unknown]> = [
    ['jobs', '0'],
    ['jobs', '1.5'],
    ['jobs', 'many'],
    ['jobs', '9007199254740993'],
    ['threads', ''],
    ['priority', '1e3'],
    ['beamSize', '-1'],
    ['device', 'gpu'],
    ['isolation', 'none'],
    ['strategy', ''],
    ['to', ','],
    ['format', ''],
    ['textId', ''],
    ['json', 'maybe'],
    ['sttModel', 7],
    ['store', null],
    ['wordTimestamps', {}],
  ];
  for (const [name, value] of wrong) {
    assert.throws(
      () => resolveSettings([name], {}, {}, { path: '/etc/v.json', values: { [name]: value } }),
      (error: Error & { category?: string }) => error.category === 'usage' && error.message.includes('/etc/v.json'),
      `${name} = ${JSON.stringify(value)}`,
    );
  }
});

test('every option has its own long flag', () => {
  const flags = Object.values(SETTINGS).map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0]);
  assert.is(new Set(flags).size, flags.length);
});

test('the config file is found by flag, by environment, and in the XDG config folder', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'own.json');
    writeFileSync(file, '\uFEFF{"stt-model":"a","mtModel":"b"}');
    const byFlag = await loadConfig('own.json', {}, folder);
    assert.equal(byFlag.values, { sttModel: 'a', mtModel: 'b' });
    const byEnv = await loadConfig(undefined, { VOICELINGUA_CONFIG: file }, '/');
    assert.equal(byEnv.values, byFlag.values);
    const missing = await loadConfig(undefined, { XDG_CONFIG_HOME: folder }, '/');
    assert.equal(missing.values, {});
    assert.is(missing.path, join(folder, 'voicelingua', 'config.json'));
  });
});

test('a config file that is named must be there, be an object, and know its keys', async () => {
  await inFolder(async (folder) => {
    const cases: Array<[string | null, RegExp]> = [
      [null, /Cannot read the config file/],
      ['{', /not JSON/],
      ['[]', /one JSON object/],
      ['{"stt_modle":"x"}', /did you mean "sttModel"/],
      ['{"jobs":"two"}', /"jobs" in .*own\.json needs a whole number/],
    ];
    for (const [content, says] of cases) {
      const file = join(folder, content === null ? 'missing.json' : 'own.json');
      if (content !== null) writeFileSync(file, content);
      const { code, stderr } = await cli(['translate', 'hi', '--to', 'de', '--config', file]);
      assert.is(code, 2, String(content));
      assert.match(stderr, says);
    }
  });
});

test('settings reach the library, and nothing that was not set does', async () => {
  const lingua = new RecordingLingua();
  const opened: object[] = [];
  const options = { lingua: lingua.api(), opened, env: { VOICELINGUA_MT_MODEL: 'models/mt' } };
  const { code } = await cli(['translate', 'hi', '--to', 'de', '--jobs', '2', '--device', 'cpu'], options);
  assert.is(code, 0);
  const { logger, ...given } = opened[0] as { logger?: unknown };
  assert.type(logger, 'function');
  assert.equal(given, { jobs: 2, device: 'cpu', mtModel: 'models/mt' });
  assert.is(lingua.closed, 1);
});

test.run();
