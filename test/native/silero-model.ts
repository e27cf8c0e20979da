import { seededRandom } from './addon-models.js';

const MAGIC = 0x67676d6c;
const F32 = 0;
const F16 = 1;

/** Silero's tensors: name, shape (innermost first), type. */
const TENSORS: ReadonlyArray<readonly [name: string, shape: readonly number[], type: number]> = [
  ['_model.encoder.0.reparam_conv.weight', [3, 129, 128], F16],
  ['_model.encoder.0.reparam_conv.bias', [128], F32],
  ['_model.encoder.1.reparam_conv.weight', [3, 128, 64], F16],
  ['_model.encoder.1.reparam_conv.bias', [64], F32],
  ['_model.encoder.2.reparam_conv.weight', [3, 64, 64], F16],
  ['_model.encoder.2.reparam_conv.bias', [64], F32],
  ['_model.encoder.3.reparam_conv.weight', [3, 64, 128], F16],
  ['_model.encoder.3.reparam_conv.bias', [128], F32],
  ['_model.decoder.rnn.weight_ih', [128, 512], F32],
  ['_model.decoder.rnn.weight_hh', [128, 512], F32],
  ['_model.decoder.rnn.bias_ih', [512], F32],
  ['_model.decoder.rnn.bias_hh', [512], F32],
  ['_model.decoder.decoder.2.weight', [128], F16],
  ['_model.decoder.decoder.2.bias', [], F32],
  ['_model.stft.forward_basis_buffer', [256, 1, 258], F16],
];

/** Header after the model's type: version, window, context, layers, then the sizes of the layers. */
export const SILERO_HEADER = [6, 2, 0, 512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1];

export interface SileroFile {
  readonly bytes: Buffer;
  /** Where the numbers of {@link SILERO_HEADER} begin. */
  readonly header: number;
  /** Each tensor's place: its header (n_dims, length of the name, type, dimensions, name), then its weights. */
  readonly tensors: ReadonlyArray<{
    readonly name: string;
    readonly dims: number;
    readonly at: number;
    readonly end: number;
  }>;
}

/**
 * A file of Silero's shape with random weights: what it hears means nothing, and is always the same.
 * @param weight instead of a random one, everywhere
 */
export function makeSileroGgml(seed = 3, weight?: number): SileroFile {
  const random = seededRandom(seed);
  const parts: Buffer[] = [];
  const numbers = (...values: number[]): void => {
    const buffer = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) buffer.writeInt32LE(value, 4 * index);
    parts.push(buffer);
  };
  const length = (): number => parts.reduce((sum, part) => sum + part.length, 0);
  const type = Buffer.from('silero-16k');
  numbers(MAGIC, type.length);
  parts.push(type);
  const header = length();
  numbers(...SILERO_HEADER);
  const tensors: Array<SileroFile['tensors'][number]> = [];
  for (const [name, shape, kind] of TENSORS) {
    const at = length();
    numbers(shape.length, name.length, kind, ...shape);
    parts.push(Buffer.from(name));
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Buffer.alloc(count * (kind === F16 ? 2 : 4));
    for (let index = 0; index < count; index++) {
      if (kind === F32) data.writeFloatLE(weight ?? 0.1 * random.normal(), 4 * index);
      // Halves of small size: sign, an exponent around 2^-5, some bits.
      else
        data.writeUInt16LE(
          (random.uniform() < 0.5 ? 0x8000 : 0) | (0x2400 + Math.floor(random.uniform() * 0x800)),
          2 * index,
        );
    }
    parts.push(data);
    tensors.push({ name, dims: shape.length, at, end: length() });
  }
  return { bytes: Buffer.concat(parts), header, tensors };
}
