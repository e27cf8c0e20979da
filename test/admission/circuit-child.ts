/** Waits at an open breaker with nothing else to do, then leaves one open for an hour, and ends. */
import { CircuitBreaker } from '../../src/admission/circuit-breaker.js';

const short = new CircuitBreaker({ failures: 1, openMs: 300 });
(await short.enter('engine')).failure();
(await short.enter('engine')).success();
process.stdout.write('let in\n');

const long = new CircuitBreaker({ failures: 1, openMs: 3_600_000 });
(await long.enter('engine')).failure();
const abort = new AbortController();
const left = long.enter('engine', abort.signal).catch(() => undefined);
abort.abort();
await left;
