"""The M2M100 architecture in JAX: pre-norm transformer, ReLU, fixed sinusoidal positions, one shared embedding."""

from __future__ import annotations

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

Params = dict[str, np.ndarray]

# M2M100 counts positions from 2, after its padding index.
POSITION_OFFSET = 2
POSITIONS = 1024


@dataclass(frozen=True)
class Shape:
    """Sizes of the model."""

    vocabulary: int
    width: int = 128
    heads: int = 4
    feed_forward: int = 512
    encoder_layers: int = 3
    decoder_layers: int = 2


def sinusoids(width: int, count: int = POSITIONS) -> np.ndarray:
    """Position encodings as fairseq computes them: sines, then cosines."""
    half = width // 2
    rates = np.exp(np.arange(half) * -(math.log(10000) / (half - 1)))
    angles = np.arange(POSITION_OFFSET, POSITION_OFFSET + count)[:, None] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def init(shape: Shape, seed: int) -> Params:
    """Fresh weights. Matrices are [in, out], which is the fast order for XLA on a CPU."""
    rng = np.random.default_rng(seed)
    width = shape.width
    params: Params = {
        'embedding': rng.normal(0, width**-0.5, (shape.vocabulary, width)).astype(np.float32),
    }

    def matrix(name: str, rows: int, columns: int, gain: float = 1.0) -> None:
        bound = gain * math.sqrt(6 / (rows + columns))
        params[f'{name}.w'] = rng.uniform(-bound, bound, (rows, columns)).astype(np.float32)
        params[f'{name}.b'] = np.zeros(columns, np.float32)

    def norm(name: str) -> None:
        params[f'{name}.gamma'] = np.ones(width, np.float32)
        params[f'{name}.beta'] = np.zeros(width, np.float32)

    for side, layers in (('encoder', shape.encoder_layers), ('decoder', shape.decoder_layers)):
        for layer in range(layers):
            scope = f'{side}.{layer}'
            norm(f'{scope}.self.norm')
            matrix(f'{scope}.self.qkv', width, 3 * width)
            matrix(f'{scope}.self.out', width, width, 0.5)
            if side == 'decoder':
                norm(f'{scope}.cross.norm')
                matrix(f'{scope}.cross.q', width, width)
                matrix(f'{scope}.cross.kv', width, 2 * width)
                matrix(f'{scope}.cross.out', width, width, 0.5)
            norm(f'{scope}.ffn.norm')
            matrix(f'{scope}.ffn.in', width, shape.feed_forward)
            matrix(f'{scope}.ffn.out', shape.feed_forward, width, 0.5)
        norm(f'{side}.norm')
    return params


def _linear(params: Params, name: str, x: jax.Array) -> jax.Array:
    flat = x.reshape(-1, x.shape[-1]) @ params[f'{name}.w'] + params[f'{name}.b']
    return flat.reshape(*x.shape[:-1], -1)


def _norm(params: Params, name: str, x: jax.Array) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * params[f'{name}.gamma'] + params[f'{name}.beta']


def _attend(q: jax.Array, k: jax.Array, v: jax.Array, heads: int, mask: jax.Array) -> jax.Array:
    """Scaled dot-product attention; `mask` is added to the scores, [batch, 1 or queries, keys]."""
    batch, queries, width = q.shape
    depth = width // heads

    def split(x: jax.Array) -> jax.Array:
        return x.reshape(batch, x.shape[1], heads, depth).transpose(0, 2, 1, 3)

    scores = split(q) @ split(k).transpose(0, 1, 3, 2) / math.sqrt(depth) + mask[:, None]
    mixed = jax.nn.softmax(scores, axis=-1) @ split(v)
    return mixed.transpose(0, 2, 1, 3).reshape(batch, queries, width)


def _feed_forward(params: Params, scope: str, x: jax.Array) -> jax.Array:
    hidden = jax.nn.relu(_linear(params, f'{scope}.in', _norm(params, f'{scope}.norm', x)))
    return x + _linear(params, f'{scope}.out', hidden)


def _self_attention(params: Params, scope: str, x: jax.Array, heads: int, mask: jax.Array) -> jax.Array:
    q, k, v = jnp.split(_linear(params, f'{scope}.qkv', _norm(params, f'{scope}.norm', x)), 3, axis=-1)
    return x + _linear(params, f'{scope}.out', _attend(q, k, v, heads, mask))


def _embed(params: Params, ids: jax.Array, shape: Shape, positions: np.ndarray) -> jax.Array:
    return params['embedding'][ids] * math.sqrt(shape.width) + positions[: ids.shape[1]]


def forward(params: Params, shape: Shape, positions: np.ndarray, source: jax.Array, target: jax.Array) -> jax.Array:
    """Final decoder states, [sources, targets a source, length, width].

    `source` is [sources, length], `target` [sources, targets a source, length], padded with 1. A source is encoded once
    for all its targets, which is what makes training on one core bearable.
    """
    source_mask = jnp.where(source == 1, -1e9, 0.0)[:, None, :]
    x = _embed(params, source, shape, positions)
    for layer in range(shape.encoder_layers):
        x = _self_attention(params, f'encoder.{layer}.self', x, shape.heads, source_mask)
        x = _feed_forward(params, f'encoder.{layer}.ffn', x)
    memory = _norm(params, 'encoder.norm', x)

    sources, per_source, length = target.shape
    causal = jnp.where(np.tril(np.ones((length, length), bool)), 0.0, -1e9)[None]
    y = _embed(params, target.reshape(-1, length), shape, positions)
    for layer in range(shape.decoder_layers):
        scope = f'decoder.{layer}'
        y = _self_attention(params, f'{scope}.self', y, shape.heads, causal)
        q = _linear(params, f'{scope}.cross.q', _norm(params, f'{scope}.cross.norm', y))
        k, v = jnp.split(_linear(params, f'{scope}.cross.kv', memory), 2, axis=-1)
        mixed = _attend(q.reshape(sources, per_source * length, -1), k, v, shape.heads, source_mask)
        y = y + _linear(params, f'{scope}.cross.out', mixed).reshape(y.shape)
        y = _feed_forward(params, f'{scope}.ffn', y)
    return _norm(params, 'decoder.norm', y).reshape(sources, per_source, length, -1)


def loss(
    params: Params,
    shape: Shape,
    positions: np.ndarray,
    source: jax.Array,
    target: jax.Array,
    labels: jax.Array,
    sure: jax.Array,
) -> tuple[jax.Array, jax.Array]:
    """Mean loss over the labelled tokens (label 1 is none), and the share of them that is predicted right.

    `sure`, one number a source, is how much of the target distribution the label gets; the rest is spread evenly.
    """
    states = forward(params, shape, positions, source, target)
    logits = states.reshape(-1, shape.width) @ params['embedding'].T
    flat = labels.reshape(-1)
    weight = (flat != 1).astype(jnp.float32)
    certain = jnp.repeat(sure, flat.shape[0] // sure.shape[0])
    right = jnp.take_along_axis(logits, flat[:, None], axis=1)[:, 0]
    aim = certain * right + (1 - certain) * logits.mean(axis=1)
    cost = jax.scipy.special.logsumexp(logits, axis=1) - aim
    hits = (logits.argmax(axis=1) == flat) & (certain == 1)
    total = jnp.maximum(weight.sum(), 1)
    counted = jnp.maximum((weight * (certain == 1)).sum(), 1)
    return (cost * weight).sum() / total, (hits * weight).sum() / counted
