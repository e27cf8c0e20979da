import { open } from 'node:fs';
import { openLogFile } from '../../../src/telemetry/log-file.js';

/**
 * `PIPE FILE`, with one libuv thread: opening the pipe, which nobody writes to, holds that thread, so nothing reaches the disk. Prints
 * how far it came; it has to be killed, since even its exit waits for the thread.
 */
const [pipe, file] = process.argv.slice(2) as [string, string];
open(pipe, 'r', () => {});
const log = openLogFile(file, 'info', { onTrouble: (error) => process.stdout.write(`${error.code}\n`) });
for (let number = 0; number < 1_000; number += 1) log.write({ level: 'info', message: 'held up' });
process.stdout.write('written\n');
const ticks = setInterval(() => {}, 1);
await log.close();
clearInterval(ticks);
log.write({ level: 'info', message: 'too late' });
process.stdout.write('closed\n', () => process.kill(process.pid, 'SIGKILL'));
