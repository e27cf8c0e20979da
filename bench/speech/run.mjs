#!/usr/bin/env node
/**
 * Benchmarks of speech recognition against whisper-cli, whisper-server, nodejs-whisper and faster-whisper, which are
 * installed when they are not there. Prints a table; figures go to results.json and results.md beside this file.
 *
 *   node bench/speech/run.mjs                       all
 *   node bench/speech/run.mjs P4 P6                 some
 *   node bench/speech/run.mjs --rounds 9 P4         more rounds (default 5)
 *   node bench/speech/run.mjs --size tiny P4        another shape than the bench's own (P2 to P6)
 *   node bench/speech/run.mjs --device cuda         P4 to P6 on a GPU, with the shape of large-v3
 *
 * Build first (npm run build; for cuda the CUDA variant as well).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, table } from '../lib/measure.mjs';
import { choose, keep, rowsOf, runAll } from '../lib/runner.mjs';
import { ourVersions, requireDevice } from './lib/environment.mjs';
import { markdown } from './lib/markdown.mjs';
import * as p01 from './p01-whisper-cli.mjs';
import * as p02 from './p02-nodejs-whisper.mjs';
import * as p03 from './p03-whisper-server.mjs';
import * as p04 from './p04-faster-whisper.mjs';
import * as p05 from './p05-engines.mjs';
import * as p06 from './p06-short-clips.mjs';
import * as p13 from './p13-event-loop.mjs';
import * as p14 from './p14-decode.mjs';
import * as p15 from './p15-long-recording.mjs';
import * as p17 from './p17-lanes.mjs';
import * as p18 from './p18-lane-memory.mjs';

/** A bench without `devices` is for the CPU alone. */
const BENCHES = [p01, p02, p03, p04, p05, p06, p13, p14, p15, p17, p18];

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    device: { type: 'string', default: 'cpu' },
    size: { type: 'string' },
  },
  allowPositionals: true,
});

const { device, size } = values;
const rounds = Number(values.rounds);
await requireDevice(device);
const able = BENCHES.filter(({ devices = ['cpu'] }) => devices.includes(device));
const wanted = choose(able, positionals);
console.log(`${machine()}, ${device}; ${rounds} rounds interleaved, median\n`);
const results = await runAll(wanted, { rounds, device, size }, { device, ours: await ourVersions() });
console.log(table(rowsOf(results)));
const name = device === 'cpu' ? 'results' : `results-${device}`;
const all = keep(join(import.meta.dirname, `${name}.json`), results);
writeFileSync(join(import.meta.dirname, `${name}.md`), markdown(all));
