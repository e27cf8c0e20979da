import { setTimeout as delay } from 'node:timers/promises';
import { openLogFile } from '../../../src/telemetry/log-file.js';

/** `FILE PAUSE_MS`: writes 300 entries, waits, writes 20 more and ends the process in the same breath. */
const [file, pause] = process.argv.slice(2) as [string, string];
const log = openLogFile(file, 'info');
let number = 0;
const write = (entries: number): void => {
  for (let end = number + entries; number < end; number += 1)
    log.write({ level: 'info', message: 'm', data: { number } });
};
write(300);
if (Number(pause) > 0) await delay(Number(pause));
write(20);
process.exit(7);
