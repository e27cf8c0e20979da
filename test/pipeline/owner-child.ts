/** Tells the name of its own process and waits to be killed. */
import { ownOwner } from '../../src/pipeline/owner.js';

process.stdout.write(`${ownOwner()}\n`);
setInterval(() => undefined, 60_000);
