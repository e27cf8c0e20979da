/** Decodes a file in a process of its own and prints seconds (without the start of Node) and peak memory. */
import { readFileSync } from 'node:fs';
import { loadNative } from '../../dist/native/load.js';

// VmHWM and not getrusage: there a child begins with the peak of the process that started it.
const peakMegabytes = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
const native = loadNative({ device: 'cpu' });
const buffer = new Float32Array(16_000 * 10);
const started = performance.now();
const audio = native.openAudio(process.argv[2], { channel: -1 });
let samples = 0;
for (let count = native.readAudio(audio, buffer, 0); count > 0; count = native.readAudio(audio, buffer, 0))
  samples += count;
native.close(audio);
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, samples, peak: peakMegabytes() }));
