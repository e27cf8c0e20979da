import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Small models with valid headers and known output, written by the tests themselves. The weights are random except for
 * the decoder's position table: it holds, for every step, the embedding of the token that is to come next, so strongly
 * that a greedy or beam search says the script whatever the input is.
 */

export interface Random {
  /** Uniform in 0..1. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** Mulberry32: small, seeded, good enough for weights and mutations. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

export interface WhisperShape {
  readonly vocabulary: number;
  readonly audioContext: number;
  readonly state: number;
  readonly heads: number;
  readonly audioLayers: number;
  readonly textContext: number;
  readonly textLayers: number;
  readonly melBands: number;
  readonly ftype: number;
}

export const TINY_WHISPER: WhisperShape = {
  vocabulary: 51865,
  audioContext: 1500,
  state: 64,
  heads: 1,
  audioLayers: 1,
  textContext: 448,
  textLayers: 3,
  melBands: 80,
  ftype: 1,
};

export const END_OF_TEXT = 50257;
export const START_OF_TRANSCRIPT = 50258;
export const TRANSCRIBE = 50359;
export const FIRST_TIMESTAMP = 50364;
const TEXT_TOKENS = 50257;
const SPACE = 220;

/** What the scripted model says: `[<|0.00|>] … [<|2.00|>]`; word tokens by their number. */
export const SCRIPT = [FIRST_TIMESTAMP, 1001, 1002, 1003, 1004, FIRST_TIMESTAMP + 100];

/** Bytes of token `id` in the fixture's vocabulary: a space and a word, as most of Whisper's are. */
export function tokenText(id: number): string {
  if (id === SPACE) return ' ';
  return id < 256 ? String.fromCharCode(0x21 + (id % 90)) : ` w${id}`;
}

interface Tensor {
  readonly name: string;
  /** ggml order: innermost first. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** ggml's stored types by the model's ftype: number, elements a block, bytes a block. */
export const GGML_TYPES: Readonly<Record<number, readonly [type: number, elements: number, bytes: number]>> = {
  0: [0, 1, 4],
  1: [1, 1, 2],
  2: [2, 32, 18],
  3: [3, 32, 20],
  7: [8, 32, 34],
  8: [6, 32, 22],
  9: [7, 32, 24],
  10: [10, 256, 84],
  11: [11, 256, 110],
  12: [12, 256, 144],
  13: [13, 256, 176],
  14: [14, 256, 210],
};

const FLOAT32 = GGML_TYPES[0] as readonly [number, number, number];
const FLOAT16 = GGML_TYPES[1] as readonly [number, number, number];

/** As whisper.cpp's converter stores a tensor: vectors and tables of positions as f32, convolutions as f16. */
function storedType(name: string, rank: number, ftype: number): readonly [number, number, number] {
  if (rank === 1 || name.endsWith('.bias') || name.endsWith('positional_embedding')) return FLOAT32;
  return rank === 3 ? FLOAT16 : (GGML_TYPES[ftype] as readonly [number, number, number]);
}

function encode(data: Float32Array, [type, elements, bytes]: readonly [number, number, number]): Buffer {
  if (type === 0) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (type > 1) return Buffer.alloc((data.length / elements) * bytes);
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = bits[i] as number;
    const exponent = ((value >>> 23) & 0xff) - 112;
    // Too small for a normal half: the fixtures' weights lose nothing by a zero there.
    const magnitude = exponent <= 0 ? 0 : (exponent << 10) + ((value >>> 13) & 0x3ff) + ((value >>> 12) & 1);
    halves[i] = ((value >>> 16) & 0x8000) | magnitude;
  }
  return Buffer.from(halves.buffer);
}

function whisperTensors(shape: WhisperShape, random: Random): Tensor[] {
  const { state, audioContext, textContext, melBands, vocabulary } = shape;
  const tensors: Tensor[] = [];
  const add = (name: string, dimensions: number[], fill: (index: number) => number): Float32Array => {
    const data = new Float32Array(dimensions.reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) data[i] = fill(i);
    tensors.push({ name, shape: dimensions, data });
    return data;
  };
  const zero = () => 0;
  const one = () => 1;
  const weight = () => random.normal() * 0.02;
  const norm = (name: string) => {
    add(`${name}.weight`, [state], one);
    add(`${name}.bias`, [state], zero);
  };
  const linear = (name: string, inputs: number, outputs: number, scale = 1, bias = true) => {
    add(`${name}.weight`, [inputs, outputs], () => weight() * scale);
    if (bias) add(`${name}.bias`, [outputs], zero);
  };
  const attention = (name: string, scale: number) => {
    norm(`${name}_ln`);
    linear(`${name}.query`, state, state);
    linear(`${name}.key`, state, state, 1, false);
    linear(`${name}.value`, state, state);
    linear(`${name}.out`, state, state, scale);
  };
  const feedForward = (block: string, scale: number) => {
    norm(`${block}.mlp_ln`);
    linear(`${block}.mlp.0`, state, 4 * state);
    linear(`${block}.mlp.2`, 4 * state, state, scale);
  };

  add('encoder.positional_embedding', [state, audioContext], weight);
  for (const [name, inputs] of [
    ['encoder.conv1', melBands],
    ['encoder.conv2', state],
  ] as const) {
    add(`${name}.weight`, [3, inputs, state], weight);
    add(`${name}.bias`, [1, state], zero);
  }
  norm('encoder.ln_post');
  for (let i = 0; i < shape.audioLayers; i++) {
    attention(`encoder.blocks.${i}.attn`, 1);
    feedForward(`encoder.blocks.${i}`, 1);
  }

  const positions = add('decoder.positional_embedding', [state, textContext], () => random.normal() * 0.01);
  const embeddings = add('decoder.token_embedding.weight', [state, vocabulary], () => random.normal() * 0.15);
  norm('decoder.ln');
  for (let i = 0; i < shape.textLayers; i++) {
    attention(`decoder.blocks.${i}.attn`, 0.1);
    attention(`decoder.blocks.${i}.cross_attn`, 0.1);
    feedForward(`decoder.blocks.${i}`, 0.1);
  }
  const say = (position: number, token: number) => {
    for (let i = 0; i < state; i++) {
      positions[position * state + i] = (embeddings[token * state + i] as number) * 20;
    }
  };
  // Positions: start of transcript, language, task; the next token is predicted at the position before it.
  say(0, START_OF_TRANSCRIPT + 1);
  for (const [i, token] of SCRIPT.entries()) say(2 + i, token);
  for (let position = 2 + SCRIPT.length; position < textContext; position++) say(position, END_OF_TEXT);
  return tensors;
}

export interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Offset of its header (n_dims) in the file. */
  readonly offset: number;
  readonly end: number;
}

export interface WhisperFile {
  readonly bytes: Buffer;
  readonly tensors: readonly TensorEntry[];
}

/** A whole ggml file (f16, or blocks of zeros for the quantised types), with the places of its tensor headers for tests that damage them. */
export function makeWhisperGgml(shape: WhisperShape = TINY_WHISPER, seed = 7): WhisperFile {
  const random = seededRandom(seed);
  const parts: Buffer[] = [];
  let offset = 0;
  const push = (part: Buffer) => {
    parts.push(part);
    offset += part.length;
  };
  const int32 = (...values: number[]) => {
    const part = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => {
      part.writeInt32LE(value, 4 * i);
    });
    push(part);
  };
  int32(0x67676d6c, shape.vocabulary, shape.audioContext, shape.state, shape.heads, shape.audioLayers);
  int32(shape.textContext, shape.state, shape.heads, shape.textLayers, shape.melBands, shape.ftype);
  int32(shape.melBands, 201);
  const filters = new Float32Array(shape.melBands * 201);
  for (let band = 0; band < shape.melBands; band++) filters[band * 201 + band * 2] = 1;
  push(Buffer.from(filters.buffer));
  int32(TEXT_TOKENS);
  const vocabulary: Buffer[] = [];
  for (let id = 0; id < TEXT_TOKENS; id++) {
    const text = Buffer.from(tokenText(id));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    vocabulary.push(size, text);
  }
  push(Buffer.concat(vocabulary));
  const tensors: TensorEntry[] = [];
  for (const { name, shape: dimensions, data } of whisperTensors(shape, random)) {
    const start = offset;
    const type = storedType(name, dimensions.length, shape.ftype);
    int32(dimensions.length, name.length, type[0], ...dimensions);
    push(Buffer.from(name));
    push(encode(data, type));
    tensors.push({ name, shape: dimensions, offset: start, end: offset });
  }
  return { bytes: Buffer.concat(parts), tensors };
}

export interface Ct2Options {
  readonly version?: number;
  readonly seed?: number;
}

export const CT2_VOCABULARY = [
  '<s>',
  '<pad>',
  '</s>',
  '<unk>',
  '__en__',
  '__de__',
  '__fr__',
  ...Array.from({ length: 41 }, (_, i) => `▁t${i}`),
];

/** What the scripted translator says after the language prefix. */
export const TRANSLATION = ['▁t5', '▁t9', '▁t2', '▁t30'];

/** A whole CTranslate2 folder (Transformer, one layer each side, float32, M2M100's protocol). */
export function writeCt2Folder(folder: string, { version = 6, seed = 11 }: Ct2Options = {}): void {
  const model = 32;
  const inner = 64;
  const random = seededRandom(seed);
  const rows = CT2_VOCABULARY.length;
  const positions = 64;
  const variables: Array<{ name: string; shape: number[]; type: number; bytes: Buffer }> = [];
  const add = (name: string, shape: number[], fill: (index: number) => number): Float32Array => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) data[i] = fill(i);
    variables.push({ name, shape, type: 0, bytes: Buffer.from(data.buffer) });
    return data;
  };
  const attribute = (name: string, value: number) =>
    variables.push({ name, shape: [], type: 1, bytes: Buffer.from(new Int8Array([value]).buffer) });
  const norm = (scope: string) => {
    add(`${scope}/gamma`, [model], () => 1);
    add(`${scope}/beta`, [model], () => 0);
  };
  const linear = (scope: string, inputs: number, outputs: number, scale = 1) => {
    add(`${scope}/weight`, [outputs, inputs], () => random.normal() * 0.02 * scale);
    add(`${scope}/bias`, [outputs], () => 0);
  };
  const embeddings = new Float32Array(rows * model);
  for (let i = 0; i < embeddings.length; i++) embeddings[i] = random.normal() * 0.2;
  for (const side of ['encoder', 'decoder']) {
    attribute(`${side}/num_heads`, 4);
    attribute(`${side}/pre_norm`, 1);
    attribute(`${side}/activation`, 0);
    add(side === 'encoder' ? 'encoder/embeddings_0/weight' : 'decoder/embeddings/weight', [rows, model], (i) => {
      return embeddings[i] as number;
    });
    const table = add(`${side}/position_encodings/encodings`, [positions, model], () => random.normal() * 0.01);
    if (side === 'decoder') {
      const ids = [...TRANSLATION.map((token) => CT2_VOCABULARY.indexOf(token))];
      for (let position = 1; position < positions; position++) {
        const token = ids[position - 1] ?? 2;
        for (let i = 0; i < model; i++) table[position * model + i] = (embeddings[token * model + i] as number) * 40;
      }
    }
    norm(`${side}/layer_norm`);
    const layer = `${side}/layer_0`;
    norm(`${layer}/self_attention/layer_norm`);
    linear(`${layer}/self_attention/linear_0`, model, 3 * model);
    linear(`${layer}/self_attention/linear_1`, model, model, 0.1);
    if (side === 'decoder') {
      norm(`${layer}/attention/layer_norm`);
      linear(`${layer}/attention/linear_0`, model, model);
      linear(`${layer}/attention/linear_1`, model, 2 * model);
      linear(`${layer}/attention/linear_2`, model, model, 0.1);
    }
    norm(`${layer}/ffn/layer_norm`);
    linear(`${layer}/ffn/linear_0`, model, inner);
    linear(`${layer}/ffn/linear_1`, inner, model, 0.1);
  }

  const parts: Buffer[] = [];
  const uint = (size: 1 | 2 | 4, value: number) => {
    const part = Buffer.alloc(size);
    part.writeUIntLE(value, 0, size);
    parts.push(part);
  };
  const text = (value: string) => {
    uint(2, Buffer.byteLength(value) + 1);
    parts.push(Buffer.from(`${value}\0`));
  };
  uint(4, version);
  text('TransformerSpec');
  uint(4, 7);
  uint(4, variables.length);
  for (const { name, shape, type, bytes } of variables) {
    text(name);
    uint(1, shape.length);
    for (const size of shape) uint(4, size);
    uint(1, type);
    uint(4, bytes.length);
    parts.push(bytes);
  }
  uint(4, 1);
  text('decoder/projection/weight');
  text('decoder/embeddings/weight');

  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.bin'), Buffer.concat(parts));
  writeFileSync(join(folder, 'shared_vocabulary.json'), JSON.stringify(CT2_VOCABULARY));
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({
      add_source_bos: false,
      add_source_eos: false,
      bos_token: '<s>',
      decoder_start_token: '</s>',
      eos_token: '</s>',
      layer_norm_epsilon: null,
      unk_token: '<unk>',
    }),
  );
}
