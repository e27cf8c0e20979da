import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VoiceLinguaError } from '../../domain/errors.js';
import type { AudioInfo } from '../../domain/transcript.js';
import type { NativeDescription, NativeLogEntry } from '../../native/binding.js';
import { findNative, type LoadedNative } from '../../native/load.js';
import { entryUrl } from '../../package/files.js';
import { type CancelTokens, LanePool, type LanePoolCall } from '../../pool/lane-pool.js';
import type { HostStatus, Pool, PoolCall } from '../../pool/pool.js';
import { planThreads, type ThreadBudget } from '../../pool/thread-budget.js';
import type { PcmWindow } from '../ports.js';
import { chooseDevice } from './device.js';
import { type ModelRef, modelName } from './lane-models.js';
import { ModelLedger } from './model-ledger.js';
import { type RecognizeParams, recognitionBatch } from './recognition-batch.js';
import { Recordings } from './recordings.js';
import { type TranslateParams, translationBatch } from './translation-batch.js';
import type { DecodedWindow } from './window-source.js';

export interface LocalHostOptions {
  readonly device: 'auto' | 'cpu' | 'cuda';
  /** Lanes, and threads of each; defaults to what the thread budget gives. */
  readonly jobs?: number | undefined;
  readonly threads?: number | undefined;
  /** Bytes of weights that stay loaded; the model used longest ago goes first. */
  readonly modelMemory: number;
  /** A model that was not used for so many milliseconds is unloaded. */
  readonly modelIdleMs: number;
  /** Which host of its caller this is, from 0: numbers of windows and recordings are never those of an earlier one. */
  readonly generation?: number;
  readonly onLog?: ((entries: readonly NativeLogEntry[]) => void) | undefined;
  /** Told the marks of calls that are about to be served together; answers the mark that they have as one. */
  readonly onShared?: ((marks: readonly number[]) => number) | undefined;
  /** Called when other models are loaded than before. */
  readonly onChange?: (() => void) | undefined;
}

/** What a caller plans its work by. */
export interface HostInfo {
  readonly device: 'cpu' | 'cuda';
  /** Whether attention in CTranslate2's encoders is computed without its scores being written out (native/kernels). */
  readonly fusedAttention: boolean;
  readonly budget: ThreadBudget;
}

/** Answer to the method `describe`. */
export interface HostDescription extends NativeDescription, HostInfo {
  /** The addon's file, and what made the loader take it. */
  readonly path: string;
  readonly origin: LoadedNative['origin'];
  /** Recordings that are open, and windows that wait to be recognised. */
  readonly recordings: number;
  readonly windows: number;
  /** Memory of the process that the engines are in, bytes. */
  readonly rss: number;
}

/** Calls of a model after which all that they need has been asked for; what comes on top of it later is growth. */
const WARM_UP_CALLS = 16;
/** Without a call for so long the process is idle. */
const IDLE_MS = 3_000;
/** From the answer with a window until the caller has asked for what comes next. */
const ROUND_TRIP_MS = 10;

/**
 * The engines in this process: lanes that infer, and one more that decodes, because an open recording lives on its thread.
 * Samples of decoded windows stay here; callers know them by number. Weights are loaded once and shared by the lanes.
 * @throws {VoiceLinguaError} `NATIVE_LOAD_FAILED`, `DEVICE_UNAVAILABLE`
 */
export class LocalHost implements Pool {
  readonly info: HostInfo;
  readonly #options: LocalHostOptions;
  readonly #native: LoadedNative;
  readonly #lanes: LanePool;
  readonly #decoder: LanePool;
  readonly #recordings: Recordings;
  readonly #ledger: ModelLedger;
  /** Bytes of models as measured before they were first loaded. */
  readonly #sizes = new Map<string, number>();
  #expiry: NodeJS.Timeout | null = null;
  /** Memory that the work with what is loaded needs; measured over the first calls. */
  #restingRss = 0;
  /** Calls since what is loaded last changed. */
  #warm = 0;
  #trimming: NodeJS.Timeout | null = null;
  /** Windows that are being decoded, or were just now. */
  #decoding = 0;
  #guarded = false;
  #calls = 0;

  constructor(options: LocalHostOptions) {
    this.#options = options;
    const device = chooseDevice(options.device);
    this.#native = findNative({ device });
    const fusedAttention = device === 'cpu' && this.#native.binding.kernelFacts().available;
    this.info = {
      device,
      fusedAttention,
      budget: planThreads({ device, jobs: options.jobs, threads: options.threads }),
    };
    const worker = entryUrl('engines/native/lane-main', 'cjs');
    const { binding } = this.#native;
    const tokens: CancelTokens = {
      create: (deadlineMs) => binding.createToken(deadlineMs),
      cancel: (token) => binding.cancelToken(token),
      release: (token) => binding.releaseToken(token),
    };
    const workerData = { device };
    this.#lanes = new LanePool({
      worker,
      lanes: this.info.budget.lanes,
      workerData,
      tokens,
      onShared: options.onShared,
      expecting: () => this.#decoding > 0,
    });
    this.#decoder = new LanePool({ worker, lanes: 1, workerData, tokens });
    this.#recordings = new Recordings(options.generation ?? 0, (samples) => binding.dropSamples(samples));
    this.#ledger = new ModelLedger({ memory: options.modelMemory, idleMs: options.modelIdleMs });
  }

  /** Starts the threads that the first task needs. */
  warmUp(): void {
    this.#decoder.warmUp();
    this.#lanes.warmUp();
  }

  /**
   * For a process that is the engines' own: it ends with its parent, reports a crash to a descriptor, and gives memory back when it is
   * idle.
   */
  guardProcess(parent: number, crashReportFd: number): void {
    const { binding } = this.#native;
    binding.dieWithParent(parent);
    binding.preferWideVectors();
    // CTranslate2 asks for blocks of megabytes in each layer and step and frees them again. The system would clear every page
    // of them anew, a third of the time of Whisper's encoder; a heap that keeps everything gets gaps.
    binding.keepLargeMemoryApart();
    this.#guarded = true;
    binding.reportCrashes(crashReportFd);
  }

  async run<T>(call: PoolCall): Promise<T> {
    this.#calls++;
    try {
      return (await this.#route(call)) as T;
    } finally {
      this.#drainLog();
      if (--this.#calls === 0) this.#trimLater();
    }
  }

  /** A process with nothing to do gives back what it has kept for the next call. */
  #trimLater(): void {
    if (!this.#guarded) return;
    if (this.#trimming !== null) clearTimeout(this.#trimming);
    this.#trimming = setTimeout(() => {
      if (this.#calls === 0) this.#native.binding.trimMemory();
    }, IDLE_MS);
    this.#trimming.unref();
  }

  kill(group: string, reason: VoiceLinguaError): void {
    this.#lanes.kill(group, reason);
    this.#decoder.kill(group, reason);
    this.release(group);
  }

  release(group: string): void {
    for (const id of this.#recordings.of(group)) this.#closeRecording(id);
  }

  loadedModels(): readonly string[] {
    return this.#ledger.paths;
  }

  status(): HostStatus {
    const rss = process.memoryUsage.rss();
    if (this.#warm <= WARM_UP_CALLS) this.#restingRss = Math.max(this.#restingRss, rss);
    return { models: this.loadedModels(), rss, growth: Math.max(0, rss - this.#restingRss) };
  }

  async close(): Promise<void> {
    for (const timer of [this.#expiry, this.#trimming]) if (timer !== null) clearTimeout(timer);
    await Promise.all([this.#lanes.close(), this.#decoder.close()]);
    this.#drainLog();
  }

  #route(call: PoolCall): unknown {
    const { params } = call;
    switch (call.method) {
      case 'describe':
        return this.#describe();
      case 'openSource':
        return this.#openRecording(call);
      case 'nextWindow':
        return this.#nextWindow(call, params.id as number, params.discard as readonly number[]);
      case 'sourceSummary':
        this.#recordings.check(params.id as number);
        return this.#decoder.run(call);
      case 'closeSource':
        return this.#closeRecording(params.id as number);
      case 'recognize':
        return this.#recognize(call, params.window as number);
      case 'translate':
        return this.#infer({ ...call, batch: translationBatch(params as unknown as TranslateParams) });
      case 'align':
        return this.#infer(call, { samples: this.#recordings.samples(params.window as number) });
      case 'detectLanguage':
        return this.#infer(call, { samples: this.#recordings.samples(params.window as number) });
      default:
        return this.#infer(call);
    }
  }

  #describe(): HostDescription {
    const { binding, path, origin } = this.#native;
    const { windows, openCount: recordings } = this.#recordings;
    const rss = process.memoryUsage.rss();
    return { ...binding.describe(), ...this.info, path, origin, recordings, windows, rss };
  }

  async #openRecording(call: PoolCall): Promise<{ id: number; info: AudioInfo }> {
    const id = this.#recordings.open(call.group);
    try {
      const info = await this.#decoder.run<AudioInfo>({ ...call, params: { ...call.params, id } });
      return { id, info };
    } catch (error) {
      // It may be open all the same: an abort comes at any time.
      void this.#closeRecording(id);
      throw error;
    }
  }

  async #nextWindow(call: PoolCall, id: number, discard: readonly number[]): Promise<PcmWindow | null> {
    this.#recordings.check(id);
    for (const window of discard) this.#recordings.discard(window);
    this.#decoding++;
    try {
      const decoded = await this.#decoder.run<DecodedWindow | null>(call);
      if (decoded === null) return null;
      const { samples: _, ...window } = decoded;
      return { ...window, window: this.#recordings.keep(id, decoded) };
    } finally {
      // The caller asks to have the window recognised, and for the next one.
      setTimeout(() => {
        if (--this.#decoding === 0) this.#lanes.dispatch();
      }, ROUND_TRIP_MS).unref();
    }
  }

  async #closeRecording(id: number): Promise<void> {
    if (!this.#recordings.isOpen(id)) return;
    this.#recordings.close(id);
    await this.#decoder.run({ method: 'closeSource', params: { id } }).catch(() => undefined);
  }

  /** The window stays, so that it can be recognised in another way, until it is discarded or its recording closed. */
  #recognize(call: PoolCall, window: number): Promise<unknown> {
    const joined: LanePoolCall = { ...call, batch: recognitionBatch(call.params as unknown as RecognizeParams) };
    return this.#infer(joined, { samples: this.#recordings.samples(window) });
  }

  /** Runs a call on a lane. */
  async #infer(call: LanePoolCall, more: { samples?: number } = {}): Promise<unknown> {
    const known: LanePoolCall = { ...call, params: { ...call.params, ...more } };
    const model = call.params.model as ModelRef | undefined;
    return model === undefined ? this.#lanes.run(known) : this.#withModel(known, model);
  }

  async #withModel(call: LanePoolCall, model: ModelRef): Promise<unknown> {
    const holds = modelName(model);
    const known = this.#ledger.has(holds);
    const bytes = known ? 0 : await this.#sizeOf(model.path);
    const gone = this.#ledger.begin(holds, model.path, bytes);
    // Whether a lane took the call, and had to open the model for it.
    let taken = false;
    let fresh = false;
    const onStart = (first: boolean): void => {
      taken = true;
      fresh = first;
    };
    let loaded = false;
    try {
      if (gone.length > 0) await this.#unload(gone);
      if (!known) this.#options.onChange?.();
      const result = await this.#lanes.run({ ...call, holds, onStart });
      loaded = true;
      return result;
    } catch (error) {
      loaded = taken && !isAboutLoading(error);
      throw error;
    } finally {
      this.#ledger.end(holds, loaded);
      if (!loaded) this.#options.onChange?.();
      this.#warm = fresh ? 0 : this.#warm + 1;
      // Reading a model's files leaves more behind than the model keeps.
      if (fresh && this.#guarded) this.#native.binding.trimMemory();
      this.#planExpiry();
    }
  }

  async #unload(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#lanes.letGo(name, { method: 'dropModel', params: { name } })));
    this.#warm = 0;
    this.#restingRss = 0;
    this.#options.onChange?.();
  }

  #planExpiry(): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    const wait = this.#ledger.nextExpiry;
    this.#expiry = wait === null ? null : setTimeout(() => void this.#expire(), Math.ceil(wait));
    this.#expiry?.unref();
  }

  async #expire(): Promise<void> {
    this.#expiry = null;
    const names = this.#ledger.expire();
    if (names.length > 0) await this.#unload(names);
    this.#planExpiry();
  }

  async #sizeOf(path: string): Promise<number> {
    const known = this.#sizes.get(path);
    if (known !== undefined) return known;
    const bytes = await weightBytes(path);
    this.#sizes.set(path, bytes);
    return bytes;
  }

  #drainLog(): void {
    if (this.#options.onLog === undefined) return;
    const entries = this.#native.binding.drainLog();
    if (entries.length > 0) this.#options.onLog(entries);
  }
}

/** A model that could not be loaded is none that is loaded. */
function isAboutLoading(error: unknown): boolean {
  return error instanceof VoiceLinguaError && (error.category === 'model' || error.code === 'OUT_OF_MEMORY');
}

/** Size of a model on disk, which its weights are about as large as in memory; 0 for one that is not there. */
async function weightBytes(path: string): Promise<number> {
  try {
    const facts = await stat(path);
    if (!facts.isDirectory()) return facts.size;
    const files = await Promise.all((await readdir(path)).map((name) => stat(join(path, name))));
    return files.reduce((sum, { size }) => sum + size, 0);
  } catch {
    return 0;
  }
}
