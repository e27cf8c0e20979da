import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { translateDialect } from '../../src/cli/dialect.js';
import { COMMANDS } from '../../src/cli/specs.js';
import { cli } from './support.js';

const NAMES = Object.keys(COMMANDS).map((name) => name.split(' '));

test('help of every command goes to stdout, has examples, and ends with 0', async () => {
  for (const command of NAMES) {
    const { code, stdout, stderr } = await cli([...command, '--help']);
    assert.is(code, 0);
    assert.is(stderr, '');
    assert.match(stdout, /Examples:\n {2}voicelingua /);
    assert.ok(stdout.includes('--config'), command.join(' '));
  }
});

test('the main help names every command and the exit codes', async () => {
  const { stdout } = await cli(['--help']);
  for (const [first] of NAMES) assert.match(stdout, new RegExp(`^ {2}${first}\\b`, 'm'));
  assert.match(stdout, /Exit codes: 0 all done, 1 internal error, 2 usage, 3 model/);
});

test('the version is that of the package', async () => {
  const { stdout, code } = await cli(['--version']);
  assert.is(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+/);
});

test('wrong calls end with 2, say what is wrong on stderr, and print nothing on stdout', async () => {
  const cases: Array<[string[], RegExp]> = [
    [[], /Usage: voicelingua/],
    [['transscribe', 'x'], /did you mean transcribe/i],
    [['run', '--oot', 'x', 'y'], /did you mean --out/i],
    [['run'], /missing required argument/],
    [['run', 'x', '--jobs'], /argument missing/],
    [['translate', 'hi'], /--to/],
    [['translate', '--to', 'de', '-', 'more'], /stands alone/],
    [['query'], /task id/],
    [['query', 'id', '--language', 'de'], /not both/],
    [['query', '--source', 'video'], /audio or text/],
    [['query', '--limit', '0'], /--limit/],
    [['query', '--limit', '2 '], /--limit/],
    [['tasks', 'list', '--status', 'lost'], /pending, processing/],
    [['run', 'x', '--format', 'srt'], /--out/],
    [['run', 'x', '--out', 'o', '--format', 'srtt'], /did you mean "srt"/],
    [['run', fileURLToPath(import.meta.url), '--to', 'jp'], /use "ja"/],
    [['transcribe', 'a', 'b', '--text-id', 'one'], /--text-id/],
    [['transcribe', '-', 'b'], /stands alone/],
    [['doctor', '--isolation', 'container'], /process, thread/],
    [['run', 'x', '--no-resume'], /did you mean --resume/i],
    [['run', 'x', '--grace', 'soon'], /--grace needs a duration such as 30s, 2m/],
    [['run', 'x', '--memory-hold', '0.8'], /--memory-hold needs a percentage/],
    [['run', 'x', '--soft-limit', '25d'], /24 days/],
    [['watch'], /missing required argument/],
    [['watch', 'a', 'b'], /too many arguments/],
    [['watch', '.', '--text-id', 'x'], /unknown option/],
    [['watch', '.', '--reference', fileURLToPath(import.meta.url)], /needs a folder as --reference/],
    [['tasks', 'list', '--order', 'random'], /newest, oldest, ended/],
    [['tasks', 'list', '--status', 'failed,gone'], /pending, processing/],
    [['tasks', 'retry'], /--failed/],
    [['tasks', 'retry', 'id', '--failed'], /not both/],
    [['tasks', 'prune'], /--keep N or --older-than/],
    [['tasks', 'prune', '--older-than', 'yesterday'], /such as 12h or 7d/],
    [['tasks', 'prune', '--keep', '-1'], /--keep needs a whole number/],
    [['tasks', 'prune', '--keep', '1', '--status', 'pending'], /completed, failed, cancelled/],
    [['history', '--status', 'pending'], /completed, failed, cancelled/],
    [['stats', '--since', '2026-02-30'], /--since needs/],
    [['metrics', '--listen', 'http://localhost:1'], /\[HOST:\]PORT/],
    [['metrics', '--listen', '99999'], /\[HOST:\]PORT/],
    [['metrics', '--listen', '0.0.0.0:9464'], /--allow-remote/],
    [['metrics', '--listen', '[::]:9464'], /--allow-remote/],
    [['metrics', '--listen', 'example.org:9464'], /--allow-remote/],
  ];
  for (const [argv, says] of cases) {
    const { code, stdout, stderr } = await cli(argv);
    assert.is(code, 2, argv.join(' '));
    assert.match(stderr, says);
    assert.is(stdout, '');
    assert.not.match(stderr, /\n {4}at /);
  }
});

test('a stack is printed with VOICELINGUA_DEBUG only', async () => {
  const plain = await cli(['doctor']);
  assert.is(plain.code, 1);
  assert.match(plain.stderr, /^error: the library was opened\n {2}next: /);
  assert.not.match(plain.stderr, /\n {4}at /);
  const debug = await cli(['doctor'], { env: { VOICELINGUA_DEBUG: '1' } });
  assert.match(debug.stderr, /\n {4}at /);
});

test('flags of neighbouring tools are taken, up to --', () => {
  assert.equal(
    translateDialect(['transcribe', 'a.wav', '-osrt', '--output_dir', 'o', '--beam_size=3', '--', '-osrt']),
    ['transcribe', 'a.wav', '--format', 'srt', '--out', 'o', '--beam-size=3', '--', '-osrt'],
  );
  assert.equal(translateDialect(['--toString', 'constructor']), ['--toString', 'constructor']);
});

test.run();
