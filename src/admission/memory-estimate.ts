import { FULL_CONTEXT } from '../domain/audio-context.js';
import { crossAttentionBytes, recognitionRows, WINDOWS_A_LANE } from '../domain/recognition-rows.js';
import { ROWS_IN_FRONT, rowsAtOnce } from '../domain/translation-rows.js';
import { combinedMemory, type ModelMemory, type TaskMemory } from './task-memory.js';

/** What is known of a model from its headers; what `inspectModel` of the addon gives. */
export interface ModelFacts {
  /** `whisper-ggml`, `ct2-seq2seq` … */
  readonly format: string;
  /** Bytes of weights on disk. */
  readonly bytes: number;
  /** As stored: `f16`, `q5_0`, `int8`, `float32` … */
  readonly quantization: string;
  readonly dimensions: Readonly<Record<string, number>>;
}

interface ModelUse {
  readonly facts: ModelFacts;
  /** Tells models apart that share nothing: path, device and compute type. */
  readonly key: string;
  /** For messages. */
  readonly name: string;
}

export interface SpeechUse extends ModelUse {
  /** Defaults to 5. */
  readonly beamSize?: number | undefined;
  /** Candidates of the temperature fallback. Defaults to 5. */
  readonly bestOf?: number | undefined;
  /** Defaults to `windowed`. */
  readonly strategy?: 'windowed' | 'sequential' | undefined;
}

export interface TranslationUse extends ModelUse {
  /** Target languages. */
  readonly languages: number;
  /** Defaults to 4. */
  readonly beamSize?: number | undefined;
  /** CTranslate2's. Defaults to `default`: as stored, 16-bit floats as 32-bit ones. */
  readonly computeType?: string | undefined;
  /** Different sentences of the text; null while only the recording would tell. Defaults to null. */
  readonly sentences?: number | null | undefined;
  /** The largest shortlist of tokens that translations are kept to, and whether all of them are. Defaults to none. */
  readonly shortlist?: { readonly tokens: number; readonly always: boolean } | undefined;
  /** Tokens of the longest sentence. Defaults to 40. */
  readonly tokens?: number | undefined;
}

export interface TaskShape {
  /** Null for a text. */
  readonly speech: SpeechUse | null;
  /** Models that it may translate with; empty when nothing is translated here. */
  readonly translations: readonly TranslationUse[];
  /** Null while only decoding would tell. */
  readonly audioSeconds: number | null;
  /** Lanes of the engine host. */
  readonly lanes: number;
  /** Whether the host is a process of its own. */
  readonly isolation: 'process' | 'thread';
  /** Whether CTranslate2's encoders do without the scores of their attention in memory. Defaults to false. */
  readonly fusedAttention?: boolean | undefined;
}

const MB = 1e6;
const FLOAT = 4;
const HALF = 2;
const SAMPLE_BYTES_PER_SECOND = 16_000 * FLOAT;
const WINDOW_SECONDS = 30;
/** Positions of a window in the encoder, and the width of a head in every Whisper. */
const POSITIONS = FULL_CONTEXT;
const HEAD = 64;

/*
 * Measured on Linux x64 with glibc (bench/memory-estimate.mjs); the rest of the model is counted from the engines' own sizes.
 */
/** Node and the addon's code. */
const HOST = 54 * MB;
/** The library and the store's thread, where they are in the same process. */
const LIBRARY = 21 * MB;
/** The decoding lane, which all tasks share, and what a host has got to know of its calls. */
const DECODING_LANE = 30 * MB;
/** A decoder. */
const DECODER = 4 * MB;
/** A lane's thread with its modules. */
const LANE = 10 * MB;
/** Garbage of a lane: tokens and texts. */
const TRANSLATING = 12 * MB;
/**
 * How a heap does with whisper.cpp's states. `asked`: freed blocks that are of no use for the next size, against what is not in use at
 * once. `gaps`, once: a state is made anew for each window, and part of it fits into no gap that the last one left. `garbage` of
 * a lane: what V8 has not collected yet. In a process of the engines' own large blocks are mappings and V8's heaps are small.
 */
const HEAP = {
  process: { asked: 0.9, gaps: 0.1, garbage: 0 },
  thread: { asked: 1.1, gaps: 0.6, garbage: 20 * MB },
} as const;
/** What oneDNN and the features of sound need beside. */
const CT2_SCRATCH = 8 * MB;
/** Keys and values of the encoder's output, with what they are put together from. */
const CT2_CROSS = 1.2;
/** What encoding a single window needs, of which decoding it can use little; where windows follow each other it can. */
const CT2_WHISPER_GAPS_ONCE = 1.2;
/** Tokens of a window: a third of what it may have, some five a second. */
const USUAL_TOKENS = 150;
/** The same; CTranslate2's caches grow by a token a step, each time into a new and larger block beside the old one. */
const SEQ2SEQ_FRAGMENTS = 1.8;

/** The peak memory of the engine host while the task runs alone, before it starts. Within ± 20 % of what was measured. */
export function estimateTask(shape: TaskShape): TaskMemory {
  const models: ModelMemory[] = [];
  const { speech, translations, lanes, isolation } = shape;
  if (speech !== null) models.push(speechMemory(speech, shape));
  for (const translation of translations) models.push(translationMemory(translation, lanes));
  const parts = {
    base: HOST + (isolation === 'thread' ? LIBRARY : 0) + (speech === null ? 0 : DECODING_LANE),
    models,
    // Each lane has a window of the task, and one more is decoded meanwhile.
    task: speech === null ? 0 : DECODER + (lanes + 1) * WINDOW_SECONDS * SAMPLE_BYTES_PER_SECOND,
  };
  return { ...parts, total: combinedMemory([parts], lanes) };
}

function speechMemory(use: SpeechUse, shape: TaskShape): ModelMemory {
  if (use.facts.format === 'ct2-whisper') return ct2WhisperMemory(use, shape);
  const { audioSeconds, lanes } = shape;
  const { asked, gaps, garbage } = HEAP[shape.isolation];
  const sequential = use.strategy === 'sequential';
  const windows = audioSeconds === null ? lanes : Math.max(1, Math.ceil(audioSeconds / WINDOW_SECONDS));
  const state = whisperState(use) * asked;
  return {
    key: use.key,
    name: use.name,
    weights: Math.round(use.facts.bytes + (!sequential && windows > lanes ? gaps * state : 0)),
    perLane: Math.round(LANE + garbage + state + (sequential ? wholeRecording(use.facts, audioSeconds ?? 0) : 0)),
    lanes: sequential ? 1 : Math.min(lanes, windows),
  };
}

/** CTranslate2 encodes the windows of a batch one by one and decodes them together. */
function ct2WhisperMemory({ facts, key, name, beamSize = 5 }: SpeechUse, shape: TaskShape): ModelMemory {
  const { audioSeconds, lanes, fusedAttention = false } = shape;
  const { audioState = 512, textState = 512, textLayers = 6, vocabulary = 51_865 } = facts.dimensions;
  const most = Math.min(recognitionRows(facts, 'cpu'), WINDOWS_A_LANE.cpu);
  const windows = audioSeconds === null ? lanes * most : Math.max(1, Math.ceil(audioSeconds / WINDOW_SECONDS));
  const rows = Math.min(most, Math.ceil(windows / lanes));
  // Scores of attention in each head, of all positions with all, before and after they are normalised; and the layer's own values.
  const scores = fusedAttention ? 0 : 2 * (audioState / HEAD) * POSITIONS * POSITIONS * FLOAT;
  const encoder = scores + 8 * POSITIONS * audioState * FLOAT;
  const decoder =
    rows * (CT2_CROSS * crossAttentionBytes(facts) + POSITIONS * audioState * FLOAT) +
    rows * beamSize * (2 * textLayers * USUAL_TOKENS * textState + vocabulary) * FLOAT;
  const gaps = windows > 1 ? 0 : CT2_WHISPER_GAPS_ONCE;
  return {
    key,
    name,
    weights: facts.bytes * growthOf(facts.quantization, 'default') + vocabulary * 90,
    perLane: Math.round(
      LANE +
        HEAP[shape.isolation].garbage +
        CT2_SCRATCH +
        Math.max(encoder, decoder) +
        gaps * Math.min(encoder, decoder),
    ),
    lanes: Math.min(lanes, Math.ceil(windows / rows)),
  };
}

/**
 * Scratch memory of one whisper.cpp state while it recognises a window of 30 s: key-value caches, the parts of the compute buffers
 * that are written to, what each decoder samples from, and the spectrogram.
 */
function whisperState({ facts, beamSize = 5, bestOf = 5 }: SpeechUse): number {
  const size = (name: string, otherwise: number): number => facts.dimensions[name] ?? otherwise;
  const vocabulary = size('vocabulary', 51_865);
  const audioContext = size('audioContext', 1500);
  const audioState = size('audioState', 512);
  const textState = size('textState', 512);
  const textLayers = size('textLayers', 6);
  const textContext = size('textContext', 448);
  const melBands = size('melBands', 80);
  const element = facts.quantization === 'f32' ? FLOAT : HALF;
  // Contexts are padded to 256; several decoders share one cache that is two wider than they are many.
  const cache = (context: number, layers: number, state: number): number =>
    2 * layers * Math.ceil(context / 256) * 256 * state * element;
  const decoders = Math.max(beamSize, bestOf);
  const caches =
    cache(textContext, textLayers, textState) * (decoders > 1 ? decoders + 2 : 1) +
    cache(audioContext, textLayers, textState) +
    cache(audioContext, 1, audioState);
  // Convolution and encoder work on 20 and 28 bytes, cross attention on 4, for each position and channel; tables of four graphs.
  const compute = audioContext * (48 * audioState + 4 * textState) + 4 * 1.6 * MB;
  // Logits, probabilities and their logarithms, and the sorted candidates.
  const sampling = decoders * vocabulary * (3 * FLOAT + 16);
  const decoding = 2 * decoders * vocabulary * FLOAT;
  // The window is padded to twice its length; the samples are there as they came and as the engine takes them.
  const sound =
    2 * WINDOW_SECONDS * (SAMPLE_BYTES_PER_SECOND + 100 * melBands * FLOAT) +
    3 * WINDOW_SECONDS * SAMPLE_BYTES_PER_SECOND;
  return caches + compute + sampling + decoding + sound;
}

/** The sequential strategy takes a recording as one piece: samples as decoded, as the engine takes them and padded, and the spectrogram. */
function wholeRecording({ dimensions }: ModelFacts, seconds: number): number {
  return seconds * (3 * SAMPLE_BYTES_PER_SECOND + 100 * (dimensions.melBands ?? 80) * FLOAT);
}

const DEFAULT_TOKENS = 40;

function translationMemory(use: TranslationUse, lanes: number): ModelMemory {
  const { facts, key, name, languages, beamSize = 4, computeType = 'default', tokens = DEFAULT_TOKENS } = use;
  const size = (dimension: string, otherwise: number): number => facts.dimensions[dimension] ?? otherwise;
  const sourceVocabulary = size('sourceVocabulary', 0);
  const targetVocabulary = size('targetVocabulary', 0);
  const state = size('state', size('textState', 512));
  const decoderLayers = size('decoderLayers', size('textLayers', 6));
  const rowsInFront = Math.max(1, Math.min((use.sentences ?? ROWS_IN_FRONT) * languages, ROWS_IN_FRONT));
  const most = rowsAtOnce(beamSize);
  const rows = Math.min(rowsInFront, most);
  const hypotheses = rows * beamSize;
  const perToken = 2 * decoderLayers * state * FLOAT;
  const caches = (hypotheses + rows) * tokens * perToken;
  const { shortlist = { tokens: 0, always: false } } = use;
  const logits = hypotheses * (shortlist.always ? shortlist.tokens : targetVocabulary) * FLOAT;
  // Each lane has a copy of the output layer's rows of the list that it used last, with what else belongs to a row.
  const rowBytes = state * elementBytes(inMemoryType(facts.quantization, computeType), true) + 4 * FLOAT;
  const copied = shortlist.tokens * rowBytes;
  return {
    key,
    name,
    weights: facts.bytes * growthOf(facts.quantization, computeType) + (sourceVocabulary + targetVocabulary) * 90,
    perLane: LANE + TRANSLATING + (caches + logits) * SEQ2SEQ_FRAGMENTS + copied,
    lanes: Math.min(lanes, Math.ceil(rowsInFront / most)),
  };
}

/** Weights in memory for each byte stored: CTranslate2 converts them to its compute type, and knows no 16-bit ones on most CPUs. */
function growthOf(quantization: string, computeType: string): number {
  return elementBytes(inMemoryType(quantization, computeType), true) / elementBytes(quantization, false);
}

function inMemoryType(quantization: string, computeType: string): string {
  return computeType === 'default' ? quantization : computeType === 'auto' ? 'int8' : computeType;
}

function elementBytes(type: string, inMemory: boolean): number {
  if (type.startsWith('int8')) return 1;
  if (type.startsWith('float32')) return FLOAT;
  return inMemory ? FLOAT : HALF;
}
