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

test('the settings of failures, limits, memory and log reach the library in its units', async () => {
  await inFolder(async (folder) => {
    const opened: object[] = [];
    const flags = ['--isolation', 'thread', '--max-retries', '5', '--retry-base', '2s', '--soft-limit', '10m'];
    const more = ['--hard-limit', '1h', '--memory-warn', '70', '--memory-hold', '75%', '--memory-refuse', '95'];
    const log = ['--log-level', 'debug', '--log-file', 'own.log'];
    const lingua = new RecordingLingua().api();
    const { code } = await cli(['translate', 'hi', '--to', 'de', ...flags, ...more, ...log], {
      lingua,
      opened,
      cwd: folder,
    });
    assert.is(code, 0);
    const { logger: _, ...given } = opened[0] as { logger?: unknown };
    assert.equal(given, {
      isolation: 'thread',
      maxRetries: 5,
      retryBaseMs: 2000,
      softLimitMs: 600_000,
      hardLimitMs: 3_600_000,
      memoryWarn: 0.7,
      memoryHold: 0.75,
      memoryRefuse: 0.95,
      logLevel: 'debug',
      logFile: join(folder, 'own.log'),
    });
  });
});

test('the log file is in the XDG state folder, for commands that work; one that cannot be there is done without', async () => {
  await inFolder(async (folder) => {
    const logFileOf = async (argv: string[], env: Record<string, string>) => {
      const opened: Array<{ logFile?: string }> = [];
      const lingua = new RecordingLingua().api();
      const { code, stderr } = await cli(argv, { lingua, opened, env: { VOICELINGUA_LOG_FILE: '', ...env } });
      assert.is(code, 0, stderr);
      return { file: opened[0]?.logFile, stderr };
    };
    const translate = ['translate', 'hi', '--to', 'de'];
    const state = { XDG_STATE_HOME: folder };
    assert.is((await logFileOf(translate, state)).file, join(folder, 'voicelingua/log/voicelingua.log'));
    assert.is((await logFileOf([...translate, '--log-file', 'none'], state)).file, undefined);
    assert.is((await logFileOf(['tasks', 'list'], state)).file, undefined);
    writeFileSync(join(folder, 'file'), '');
    const without = await logFileOf(translate, { XDG_STATE_HOME: join(folder, 'file') });
    assert.is(without.file, undefined);
    assert.match(without.stderr, /warning: no log is written: .*--log-file/);
  });
});

test.run();
