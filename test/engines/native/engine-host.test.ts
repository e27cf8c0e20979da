import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeLogEntry } from '../../../src/native/binding.js';
import type { ChildHost } from '../../../src/pool/child-host.js';
import {
  childrenOf,
  DEMO_SPEECH,
  describe,
  lives,
  openWindows,
  ROOT,
  recognizer,
  rejection,
  SENTENCE,
  scriptedModel,
  temporary,
  toneFile,
  until,
  withChildHost,
} from './support.js';

const OPTIONS = { language: 'en', beamSize: 1 } as const;
const linux = process.platform === 'linux';

/** Recognises a two second file; a group of the name `bad` meets what the test asks to go wrong. */
async function transcribe(host: ChildHost, group: string, model = scriptedModel()): Promise<number> {
  const { stream, windows } = await openWindows(host, group, toneFile(2));
  const { segments } = await recognizer(host, group, model).recognize(windows[0] as never, OPTIONS);
  await stream.close();
  return segments.length;
}

/** A second lane at work meanwhile: deaf for so long that it is still there when the first crashes. */
const BUSY = { method: 'recognize', match: 'good', action: 'hang', ms: 60_000 } as const;

async function crashBesideAnother(action: string): Promise<void> {
  await withChildHost(
    async (host) => {
      const good = rejection(transcribe(host, 'good'));
      await until(async () => (await describe(host)).handles.token === 1, 'the other lane is at work');
      const { stream, windows } = await openWindows(host, 'bad', toneFile(12), 2, 3);
      const error = await rejection(recognizer(host, 'bad', scriptedModel()).recognize(windows[1] as never, OPTIONS));
      assert.is(error.code, 'ENGINE_CRASHED');
      const { culprit, signal, method, label, window } = error.details;
      assert.equal([culprit, method, label], ['this', 'recognize', 'text of bad']);
      assert.is(signal, action === 'abort' ? 'SIGABRT' : 'SIGSEGV');
      assert.equal(window, windows[1]?.span);
      const { details } = await good;
      assert.equal([details.culprit, details.signal], ['other', signal]);
      assert.not('method' in details);

      // What was open went with the host; a new one takes new work at once.
      const lost = await rejection(stream.nextWindow());
      assert.equal([lost.code, lost.details.culprit], ['ENGINE_CRASHED', 'other']);
      await stream.close();
      assert.ok((await transcribe(host, 'next')) > 0);
    },
    { settings: { jobs: 2 }, faults: [BUSY, { method: 'recognize', match: 'bad', action }] },
  );
}

test('an abort on one of two busy lanes: its task and window are named, the other is told so', () =>
  crashBesideAnother('abort'));

test('a segmentation fault on one of two busy lanes', () => crashBesideAnother('segv'));

test('a crash while decoding names the recording', async () => {
  await withChildHost(
    async (host) => {
      const error = await rejection(openWindows(host, 'bad', toneFile(2)));
      assert.equal([error.details.culprit, error.details.method], ['this', 'nextWindow']);
      assert.is(error.details.path, toneFile(2));
    },
    { faults: [{ method: 'nextWindow', action: 'segv' }] },
  );
});

test('faults strike as often as they are told, also over several hosts', async () => {
  const counter = temporary('strikes');
  await withChildHost(
    async (host) => {
      const codes: string[] = [];
      for (let i = 0; i < 4; i++) {
        codes.push(
          await transcribe(host, 'bad').then(
            () => 'done',
            (error) => error.code,
          ),
        );
      }
      assert.equal(codes, ['ENGINE_CRASHED', 'ENGINE_CRASHED', 'done', 'OUT_OF_MEMORY']);
    },
    {
      settings: { jobs: 1 },
      faults: [
        { method: 'recognize', action: 'exit', code: 9, times: 2, counter },
        { method: 'recognize', action: 'oom', after: 1 },
      ],
    },
  );
});

test('the last that a dying engine says is kept', async () => {
  await withChildHost(
    async (host) => {
      const { details } = await rejection(transcribe(host, 'a'));
      assert.is(details.signal, 'SIGABRT');
      assert.match(String(details.stderr), /terminate called/);
    },
    { settings: { jobs: 1 }, faults: [{ method: 'recognize', action: 'terminate' }] },
  );
});

test('models that are unloaded give their memory back', async () => {
  // 65 MB of weights.
  const models = [1, 2].map((seed) => scriptedModel({ state: 512, heads: 8, textLayers: 1 }, seed));
  await withChildHost(
    async (host) => {
      const unloaded: number[] = [];
      for (let round = 0; round < 6; round++) {
        await transcribe(host, 'a', models[round % 2] as string);
        await until(() => host.loadedModels().length === 0, 'it is unloaded');
        const { rss, models: loaded } = await describe(host);
        assert.equal(loaded, []);
        unloaded.push(rss);
      }
      const growth = Math.max(...unloaded.slice(3)) - Math.min(...unloaded.slice(0, 3));
      assert.ok(growth < 40e6, `grew by ${growth} over ${unloaded.join(', ')}`);
      await transcribe(host, 'a', models[0] as string);
      const { rss } = await describe(host);
      const freed = rss - (unloaded.at(-1) as number);
      assert.ok(freed > 60e6, `only ${freed} bytes came back`);
    },
    { settings: { jobs: 1, modelIdleMs: 200 } },
  );
});

test('a host that leaks is replaced', async () => {
  await withChildHost(
    async (host) => {
      await host.ready();
      const [first] = host.pids;
      await until(async () => {
        await transcribe(host, `task ${Math.random()}`);
        return !host.pids.includes(first as number) || host.pids.length > 1;
      }, 'another host');
      assert.ok((await transcribe(host, 'next')) > 0);
    },
    {
      settings: { jobs: 1 },
      recycleGrowth: 200e6,
      faults: [{ method: 'recognize', action: 'leak', bytes: 64e6 }],
    },
  );
});

test('what the engines log comes to the caller', async () => {
  const entries: NativeLogEntry[] = [];
  await withChildHost(
    async (host) => {
      await transcribe(host, 'a');
      await until(() => entries.some(({ source }) => source === 'whisper'), 'an entry of whisper.cpp');
    },
    { settings: { log: true }, onLog: (more) => entries.push(...(more as NativeLogEntry[])) },
  );
});

test('a missing addon is told as such', async () => {
  process.env.VOICELINGUA_NATIVE = temporary('no-addon.node');
  try {
    await withChildHost(async (host) => {
      assert.is((await rejection(host.ready())).code, 'NATIVE_LOAD_FAILED');
    });
  } finally {
    delete process.env.VOICELINGUA_NATIVE;
  }
});

test('Ctrl-C and SIGTERM are for the parent to answer', async () => {
  await withChildHost(async (host) => {
    await host.ready();
    const pid = host.pids[0] as number;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    assert.ok((await transcribe(host, 'a')) > 0);
    assert.equal(host.pids, [pid]);
  });
});

if (linux && spawnSync('ffmpeg', ['-version']).status === 0) {
  test('ffmpeg dies with the host that decodes by it', async () => {
    const opus = temporary('long.opus');
    const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=d=1200', '-c:a', 'libopus', opus]);
    assert.is(made.status, 0, String(made.stderr));
    await withChildHost(async (host) => {
      await openWindows(host, 'a', opus);
      const pid = host.pids[0] as number;
      const [decoder] = childrenOf(pid);
      assert.ok(decoder !== undefined && readFileSync(`/proc/${decoder}/comm`, 'utf8').startsWith('ffmpeg'));
      process.kill(pid, 'SIGKILL');
      await until(() => !lives(decoder as number), 'ffmpeg has ended');
    });
  });
} else console.log('skipped: ffmpeg that dies with its host, there is no ffmpeg or no /proc');

/** Runs a script that uses the library in a process of its own. */
function caller(script: string) {
  const file = temporary(`caller-${Math.random().toString(36).slice(2)}.mts`);
  const prelude = `import { openVoiceLingua } from ${JSON.stringify(join(ROOT, 'src/index.ts'))};
    const lingua = await openVoiceLingua({ store: ':memory:', sttModel: ${JSON.stringify(DEMO_SPEECH)} });
    const sentence = ${JSON.stringify(SENTENCE)};\n`;
  writeFileSync(file, prelude + script);
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: ROOT,
  });
}

if (linux) {
  test('the caller of a host does not load the engines, and ends by itself while the host lives', async () => {
    const child = caller(`
      await lingua.transcribe(sentence);
      const { readFileSync } = await import('node:fs');
      console.log(readFileSync('/proc/self/maps', 'utf8').includes('voicelingua.node'));
    `);
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += String(chunk);
    });
    const [code] = await once(child, 'close');
    assert.is(output.trim(), 'false');
    assert.is(code, 0);
  });

  test('no host outlives its caller, however that ends', async () => {
    for (const end of ['SIGKILL', 'process.exit(0)', "throw new Error('x')"]) {
      const child = caller(`
        const job = lingua.transcribe(${JSON.stringify(toneFile(600))}, { language: 'en' });
        job.catch(() => undefined);
        for await (const event of job.events()) if (event.type === 'progress') break;
        setTimeout(() => { ${end === 'SIGKILL' ? '' : end} }, 1000);
        console.log('at work');
      `);
      await once(child.stdout as Readable, 'data');
      const hosts = childrenOf(child.pid as number);
      assert.ok(hosts.length > 0, `a host of ${end}`);
      if (end === 'SIGKILL') child.kill('SIGKILL');
      await until(() => !hosts.some(lives), `the host is gone after ${end}`);
      child.kill('SIGKILL');
    }
  });
}

test.run();
