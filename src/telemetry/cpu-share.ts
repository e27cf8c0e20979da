import { type CpuInfo, cpus } from 'node:os';

/** Share of the machine's processor time that was in use between two readings. */
export class CpuShare {
  readonly #read: () => readonly CpuInfo[];
  #busy: number;
  #total: number;
  #last = 0;

  /** Takes the first reading. @param read defaults to the system's counters. */
  constructor(read: () => readonly CpuInfo[] = cpus) {
    this.#read = read;
    [this.#busy, this.#total] = sum(read());
  }

  /** 0..1 since the last call, or since this was made; the last answer again when no time was counted meanwhile. */
  take(): number {
    const [busy, total] = sum(this.#read());
    if (total > this.#total) this.#last = Math.min(1, Math.max(0, (busy - this.#busy) / (total - this.#total)));
    this.#busy = busy;
    this.#total = total;
    return this.#last;
  }
}

function sum(processors: readonly CpuInfo[]): [busy: number, total: number] {
  let busy = 0;
  let total = 0;
  for (const { times } of processors) {
    busy += times.user + times.nice + times.sys + times.irq;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return [busy, total];
}
