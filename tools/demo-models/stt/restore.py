"""Reads the weights of an exported CTranslate2 folder back, so that training can go on from the model in the repository."""

import struct
from pathlib import Path

import numpy as np

from .model import DECODER_LAYERS, ENCODER_LAYERS, SILENT_CHANNEL, WIDTH
from .text import Subset

_TYPES = [np.dtype("<f4"), np.dtype("i1"), np.dtype("<i2"), np.dtype("<i4"), np.dtype("<f2")]


def _variables(path: Path) -> dict[str, np.ndarray]:
    """All variables of a `model.bin` of version 6; see `ModelSpec._serialize` of the ctranslate2 package."""
    data, at = path.read_bytes(), 0

    def number(code):
        nonlocal at
        (value,) = struct.unpack_from("<" + code, data, at)
        at += struct.calcsize(code)
        return value

    def string():
        nonlocal at
        length = number("H")
        at += length
        return data[at - length : at - 1].decode()

    number("I")
    string()
    number("I")
    found = {}
    for _ in range(number("I")):
        name = string()
        shape = [number("I") for _ in range(number("B"))]
        dtype = _TYPES[number("B")]
        size = number("I")
        found[name] = np.frombuffer(data, dtype, size // dtype.itemsize, at).reshape(shape)
        at += size
    for _ in range(number("I")):
        alias = string()
        found[alias] = found[string()]
    return found


def restore(folder: Path, subset: Subset) -> dict[str, np.ndarray]:
    """Parameters as `model.initialise` makes them; those that are not exported (the phonemes' layer) are missing."""
    variables = _variables(folder / "model.bin")
    params: dict[str, np.ndarray] = {}

    def matrix(name):
        value = variables[name + "/weight"].astype(np.float32)
        scale = variables.get(name + "/weight_scale")
        return value if scale is None else value / np.asarray(scale, np.float32).reshape(-1, *[1] * (value.ndim - 1))

    def norm(target, name):
        params[target + ".weight"] = variables[name + "/gamma"].astype(np.float32)
        params[target + ".bias"] = variables[name + "/beta"].astype(np.float32)

    def linear(name, *targets):
        weights, biases = matrix(name), variables[name + "/bias"].astype(np.float32)
        for i, target in enumerate(targets):
            rows = slice(None) if len(targets) == 1 else slice(i * WIDTH, (i + 1) * WIDTH)
            params[target + ".weight"] = weights[rows].T.copy()
            if not target.endswith(".key"):
                params[target + ".bias"] = biases[rows].copy()

    def block(name, target, cross):
        norm(target + ".attn_ln", name + "/self_attention/layer_norm")
        linear(name + "/self_attention/linear_0", *(f"{target}.attn.{part}" for part in ("query", "key", "value")))
        linear(name + "/self_attention/linear_1", target + ".attn.out")
        if cross:
            norm(target + ".cross_attn_ln", name + "/attention/layer_norm")
            linear(name + "/attention/linear_0", target + ".cross_attn.query")
            linear(name + "/attention/linear_1", target + ".cross_attn.key", target + ".cross_attn.value")
            linear(name + "/attention/linear_2", target + ".cross_attn.out")
        norm(target + ".mlp_ln", name + "/ffn/layer_norm")
        linear(name + "/ffn/linear_0", target + ".mlp.0")
        linear(name + "/ffn/linear_1", target + ".mlp.2")

    for conv in ("conv1", "conv2"):
        value = matrix(f"encoder/{conv}")
        params[f"encoder.{conv}.weight"] = value.transpose(2, 1, 0).reshape(-1, WIDTH).copy()
        params[f"encoder.{conv}.bias"] = variables[f"encoder/{conv}/bias"].astype(np.float32)
    for i in range(ENCODER_LAYERS):
        block(f"encoder/layer_{i}", f"encoder.blocks.{i}", False)
    for i in range(DECODER_LAYERS):
        block(f"decoder/layer_{i}", f"decoder.blocks.{i}", True)
    norm("encoder.ln_post", "encoder/layer_norm")
    norm("decoder.ln", "decoder/layer_norm")
    embedding = matrix("decoder/embeddings")
    silent = np.flatnonzero(embedding[:, SILENT_CHANNEL] > -1)
    if set(silent) != set(subset.ids.tolist()):
        raise ValueError(f"the phrasebook's tokens have changed since {folder} was trained")
    params["decoder.token_embedding.weight"] = embedding[subset.ids]
    params["decoder.positional_embedding"] = variables["decoder/position_encodings/encodings"].astype(np.float32)
    return params
