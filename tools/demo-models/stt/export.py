"""Writes a checkpoint as a ggml file and as a CTranslate2 folder: `python -m stt.export CHECKPOINT --ggml FILE --ct2 DIR`."""

import argparse
import json
import struct
from pathlib import Path

import numpy as np

from . import text
from .model import (
    AUDIO_POSITIONS,
    DECODER_LAYERS,
    ENCODER_LAYERS,
    HEADS,
    MELS,
    SILENT_BIAS,
    SILENT_CHANNEL,
    TEXT_POSITIONS,
    UNUSED_EMBEDDING,
    WIDTH,
    constrain,
    initialise,
    sinusoids,
)

GGML_MAGIC = 0x67676D6C
GGML_TYPES = {"f32": 0, "f16": 1, "q5_0": 6, "q8_0": 8}
GGML_FILE_TYPES = {"f16": 1, "q8_0": 7, "q5_0": 8}
GGML_QUANTISATION_VERSION = 2
# with two decoder layers whisper.cpp takes the model for distil-whisper and drops timestamps
GGML_DECODER_LAYERS = 3
BLOCK = 32


def whisper_tensors(checkpoint, speech_bias=0.0) -> dict[str, np.ndarray]:
    """The checkpoint as float32 tensors in Whisper's names and layout, over the whole vocabulary.

    `speech_bias` is taken off the logit of the timestamp 0.00, with which "nothing is said" begins: through the channel that is
    always 10 (see model.py), so that it changes nothing else.
    """
    params = {name: np.asarray(checkpoint[name], np.float32) for name in checkpoint if name != "subset"}
    params = constrain(params)
    embedding = np.zeros((text.VOCABULARY_SIZE, WIDTH), np.float32)
    embedding[:, SILENT_CHANNEL] = UNUSED_EMBEDDING
    embedding[checkpoint["subset"]] = params["decoder.token_embedding.weight"]
    embedding[text.FIRST_TIMESTAMP, SILENT_CHANNEL] = -speech_bias / SILENT_BIAS
    out = {"encoder.positional_embedding": sinusoids(AUDIO_POSITIONS, WIDTH)}
    for name, value in params.items():
        value = np.asarray(value)
        if name.startswith("phoneme."):
            continue
        if name in ("encoder.conv1.weight", "encoder.conv2.weight"):
            value = value.reshape(3, -1, WIDTH).transpose(2, 1, 0)
        elif value.ndim == 2 and not name.endswith("embedding") and not name.endswith("token_embedding.weight"):
            value = value.T
        out[name] = np.ascontiguousarray(value)
    out["decoder.token_embedding.weight"] = embedding
    return out


def add_identity_layer(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A copy of the last decoder layer whose outputs are zero, so that the residual stream passes unchanged."""
    out = dict(tensors)
    last, new = f"decoder.blocks.{DECODER_LAYERS - 1}.", f"decoder.blocks.{DECODER_LAYERS}."
    for name, value in tensors.items():
        if name.startswith(last):
            silent = ".out." in name or ".mlp.2." in name
            out[new + name[len(last) :]] = np.zeros_like(value) if silent else value
    return out


def quantise(matrix: np.ndarray, kind: str) -> bytes:
    """ggml's q8_0 or q5_0 blocks, as its reference quantiser makes them."""
    blocks = matrix.astype(np.float32).reshape(-1, BLOCK)
    if kind == "q8_0":
        scale = np.abs(blocks).max(axis=1) / 127
        inverse = np.where(scale > 0, 1 / np.where(scale > 0, scale, 1), 0)
        steps = np.round(blocks * inverse[:, None]).astype(np.int8)
        row = np.dtype([("d", "<f2"), ("q", "i1", BLOCK)])
        out = np.empty(len(blocks), row)
        out["d"], out["q"] = scale, steps
        return out.tobytes()
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)[:, 0]
    scale = largest / -16
    inverse = np.where(scale != 0, 1 / np.where(scale != 0, scale, 1), 0)
    steps = np.minimum(31, (blocks * inverse[:, None] + 16.5).astype(np.int8)).astype(np.uint8)
    low, high = steps[:, : BLOCK // 2], steps[:, BLOCK // 2 :]
    fifth = ((steps >> 4).astype(np.uint32) << np.arange(BLOCK, dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    out = np.empty(len(blocks), np.dtype([("d", "<f2"), ("h", "<u4"), ("q", "u1", BLOCK // 2)]))
    out["d"], out["h"], out["q"] = scale, fifth, (low & 15) | ((high & 15) << 4)
    return out.tobytes()


def write_ggml(tensors: dict[str, np.ndarray], path: Path, kind: str, vocabulary: text.Vocabulary, filters: np.ndarray):
    """One ggml file; matrices in `kind` (f16, q8_0 or q5_0), convolutions in f16, the rest in f32."""
    tensors = add_identity_layer(tensors)
    file_type = GGML_FILE_TYPES[kind] + (0 if kind == "f16" else 1000 * GGML_QUANTISATION_VERSION)
    header = [GGML_MAGIC, text.VOCABULARY_SIZE, AUDIO_POSITIONS, WIDTH, HEADS, ENCODER_LAYERS]
    header += [TEXT_POSITIONS, WIDTH, HEADS, GGML_DECODER_LAYERS, MELS, file_type]
    with open(path, "wb") as file:
        file.write(struct.pack("<12i", *header))
        file.write(struct.pack("<2i", *filters.shape) + filters.astype("<f4").tobytes())
        file.write(struct.pack("<i", len(vocabulary.pieces)))
        for rank in range(len(vocabulary.pieces)):
            piece = vocabulary.pieces[rank]
            file.write(struct.pack("<i", len(piece)) + piece)
        for name, value in tensors.items():
            if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
                value = value.reshape(-1, 1)
            if value.ndim < 2 or value.shape[-1] == 1 or name.endswith("positional_embedding"):
                stored, data = "f32", value.astype("<f4").tobytes()
            elif value.ndim == 3 or kind == "f16":
                stored, data = "f16", value.astype("<f2").tobytes()
            else:
                stored, data = kind, quantise(value, kind)
            file.write(struct.pack("<3i", value.ndim, len(name), GGML_TYPES[stored]))
            file.write(struct.pack(f"<{value.ndim}i", *reversed(value.shape)) + name.encode() + data)


def hugging_face_vocabulary(vocabulary: text.Vocabulary) -> list[str]:
    """All 51,865 tokens as strings in the byte alphabet that CTranslate2 and Hugging Face use."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(printable))
    out = ["".join(letters[byte] for byte in vocabulary.pieces[rank]) for rank in range(len(vocabulary.pieces))]
    out += ["<|endoftext|>", "<|startoftranscript|>"] + [f"<|{language}|>" for language in text.LANGUAGES]
    out += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nocaptions|>", "<|notimestamps|>"]
    out += [f"<|{i * text.TIMESTAMP_STEP:.2f}|>" for i in range(1501)]
    assert len(out) == text.VOCABULARY_SIZE
    return out


def write_ctranslate2(tensors: dict[str, np.ndarray], folder: Path, vocabulary: text.Vocabulary, quantisation: str):
    """A CTranslate2 Whisper folder with the two trained decoder layers."""
    from ctranslate2.specs import WhisperSpec

    spec = WhisperSpec(ENCODER_LAYERS, HEADS, DECODER_LAYERS, HEADS)

    def norm(target, name):
        target.gamma, target.beta = tensors[name + ".weight"], tensors[name + ".bias"]

    def linear(target, *names):
        target.weight = np.concatenate([tensors[name + ".weight"] for name in names])
        none = np.zeros(WIDTH, np.float32)
        target.bias = np.concatenate([tensors.get(name + ".bias", none) for name in names])

    def feed_forward(target, name):
        norm(target.layer_norm, name + ".mlp_ln")
        linear(target.linear_0, name + ".mlp.0")
        linear(target.linear_1, name + ".mlp.2")

    def self_attention(target, name):
        norm(target.layer_norm, name + ".attn_ln")
        linear(target.linear[0], *(f"{name}.attn.{part}" for part in ("query", "key", "value")))
        linear(target.linear[1], name + ".attn.out")

    for name in ("conv1", "conv2"):
        target = getattr(spec.encoder, name)
        target.weight, target.bias = tensors[f"encoder.{name}.weight"], tensors[f"encoder.{name}.bias"]
    spec.encoder.position_encodings.encodings = tensors["encoder.positional_embedding"]
    norm(spec.encoder.layer_norm, "encoder.ln_post")
    for i, layer in enumerate(spec.encoder.layer):
        self_attention(layer.self_attention, f"encoder.blocks.{i}")
        feed_forward(layer.ffn, f"encoder.blocks.{i}")
    spec.decoder.embeddings.weight = tensors["decoder.token_embedding.weight"]
    spec.decoder.projection.weight = tensors["decoder.token_embedding.weight"]
    spec.decoder.position_encodings.encodings = tensors["decoder.positional_embedding"]
    norm(spec.decoder.layer_norm, "decoder.ln")
    for i, layer in enumerate(spec.decoder.layer):
        name = f"decoder.blocks.{i}"
        self_attention(layer.self_attention, name)
        norm(layer.attention.layer_norm, name + ".cross_attn_ln")
        linear(layer.attention.linear[0], name + ".cross_attn.query")
        linear(layer.attention.linear[1], name + ".cross_attn.key", name + ".cross_attn.value")
        linear(layer.attention.linear[2], name + ".cross_attn.out")
        feed_forward(layer.ffn, name)
    spec.register_vocabulary(hugging_face_vocabulary(vocabulary))
    spec.config.suppress_ids = []
    # the end token stays allowed at the start: that is how the model says "no speech" without timestamps
    spec.config.suppress_ids_begin = [220]
    spec.config.lang_ids = list(range(text.FIRST_LANGUAGE, text.TRANSLATE))
    spec.config.alignment_heads = [[DECODER_LAYERS - 1, head] for head in range(HEADS)]
    spec.validate()
    spec.optimize(quantization=quantisation)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    frontend = {
        "chunk_length": 30,
        "feature_extractor_type": "WhisperFeatureExtractor",
        "feature_size": MELS,
        "hop_length": 160,
        "n_fft": 400,
        "n_samples": 480000,
        "nb_max_frames": 3000,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
        "sampling_rate": 16000,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(frontend, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, nargs="?", help="none: random weights of the same shape")
    parser.add_argument("--ggml", type=Path)
    parser.add_argument("--type", choices=list(GGML_FILE_TYPES), default="q5_0")
    parser.add_argument("--speech-bias", type=float, default=0.0, help="how much less readily the model says that nothing is said")
    parser.add_argument("--ct2", type=Path)
    parser.add_argument("--ct2-type", default="int8")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "voicelingua" / "demo-stt")
    options = parser.parse_args()
    vocabulary = text.Vocabulary(options.cache)
    if options.checkpoint:
        checkpoint = dict(np.load(options.checkpoint))
    else:
        subset = text.Subset(range(1000))
        checkpoint = initialise(np.random.default_rng(1), len(subset), 8) | {"subset": subset.ids}
    tensors = whisper_tensors(checkpoint, options.speech_bias)
    if options.ggml:
        options.ggml.parent.mkdir(parents=True, exist_ok=True)
        write_ggml(tensors, options.ggml, options.type, vocabulary, text.mel_filters(options.cache))
    if options.ct2:
        write_ctranslate2(tensors, options.ct2, vocabulary, options.ct2_type)


if __name__ == "__main__":
    main()
