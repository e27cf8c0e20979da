"""Whisper's network in JAX, small, with the tricks that let it train on short clips and run at 30 s.

Three things differ from a textbook Whisper, none of them visible in the exported file's shape:

- Only the first `positions` of 1,500 audio positions are computed; of the silence after them `SILENCE_POSITIONS` are drawn at
  random, and each stands for all (a bias of log(count) on its attention score).
- whisper.cpp's flash attention pads 1,500 keys to 1,536 with zeros that it does not mask. `padding_keys` per clip puts the
  same 36 zero keys into the softmax, so that the model works with and without them.
- Channel `SILENT_CHANNEL` carries the constant 10 out of the last layer norm. Trained tokens have 0 there and all others -20,
  so an untrained token's logit is -200.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np

WIDTH = 128
HEADS = 2
ENCODER_LAYERS = 3
DECODER_LAYERS = 2
MELS = 80
AUDIO_POSITIONS = 1500
TEXT_POSITIONS = 448
SILENCE_POSITIONS = 16
SILENT_CHANNEL = WIDTH - 1
SILENT_BIAS = 10.0
UNUSED_EMBEDDING = -20.0
FLASH_PADDING = 36
GUIDE_POSITIONS = 10
GUIDE_SOFTNESS = 8.0


def sinusoids(count: int, width: int) -> np.ndarray:
    """Whisper's audio position embedding."""
    scale = np.exp(-math.log(10000) / (width // 2 - 1) * np.arange(width // 2))
    angle = np.arange(count)[:, None] * scale[None]
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)


def initialise(rng: np.random.Generator, tokens: int, phonemes: int) -> dict:
    """Random parameters; matrices are stored as (in, out), which XLA multiplies fastest."""
    params: dict[str, np.ndarray] = {}

    def matrix(name, rows, columns, gain=1.0):
        params[name] = (rng.standard_normal((rows, columns)) * gain / math.sqrt(rows)).astype(np.float32)

    def zeros(name, *shape):
        params[name] = np.zeros(shape, np.float32)

    def norm(name):
        params[name + ".weight"] = np.ones(WIDTH, np.float32)
        zeros(name + ".bias", WIDTH)

    def block(prefix, cross):
        depth_gain = 0.5
        for attention in ("attn", "cross_attn") if cross else ("attn",):
            for part in ("query", "key", "value", "out"):
                matrix(f"{prefix}.{attention}.{part}.weight", WIDTH, WIDTH, depth_gain if part == "out" else 1.0)
                if part != "key":
                    zeros(f"{prefix}.{attention}.{part}.bias", WIDTH)
            norm(f"{prefix}.{attention}_ln")
        matrix(f"{prefix}.mlp.0.weight", WIDTH, 4 * WIDTH)
        zeros(f"{prefix}.mlp.0.bias", 4 * WIDTH)
        matrix(f"{prefix}.mlp.2.weight", 4 * WIDTH, WIDTH, depth_gain)
        zeros(f"{prefix}.mlp.2.bias", WIDTH)
        norm(f"{prefix}.mlp_ln")

    matrix("encoder.conv1.weight", 3 * MELS, WIDTH)
    zeros("encoder.conv1.bias", WIDTH)
    matrix("encoder.conv2.weight", 3 * WIDTH, WIDTH)
    zeros("encoder.conv2.bias", WIDTH)
    for i in range(ENCODER_LAYERS):
        block(f"encoder.blocks.{i}", False)
    norm("encoder.ln_post")
    params["decoder.token_embedding.weight"] = (rng.standard_normal((tokens, WIDTH)) * 0.1).astype(np.float32)
    params["decoder.positional_embedding"] = 0.1 * sinusoids(TEXT_POSITIONS, WIDTH)
    for i in range(DECODER_LAYERS):
        block(f"decoder.blocks.{i}", True)
    norm("decoder.ln")
    matrix("phoneme.weight", WIDTH, phonemes)
    zeros("phoneme.bias", phonemes)
    return params


def constrain(params: dict) -> dict:
    """The parameters with the silent channel put in its place."""
    used = np.ones(WIDTH, np.float32)
    used[SILENT_CHANNEL] = 0
    out = dict(params)
    out["decoder.token_embedding.weight"] = params["decoder.token_embedding.weight"] * used
    out["decoder.ln.weight"] = params["decoder.ln.weight"] * used
    out["decoder.ln.bias"] = params["decoder.ln.bias"] * used + SILENT_BIAS * (1 - used)
    return out


def _norm(params, name, x):
    mean = jnp.mean(x, axis=-1, keepdims=True)
    centred = x - mean
    variance = jnp.mean(centred * centred, axis=-1, keepdims=True)
    return centred * jax.lax.rsqrt(variance + 1e-5) * params[name + ".weight"] + params[name + ".bias"]


@jax.custom_vjp
def _product(a, b):
    """a @ b for matrices, multiplied in bfloat16 and summed in float32, forward and backward."""
    return _half_dot(a, b, 1, 0)


def _half_dot(a, b, axis_a, axis_b):
    low = (a.astype(jnp.bfloat16), b.astype(jnp.bfloat16))
    return jax.lax.dot_general(*low, (((axis_a,), (axis_b,)), ((), ())), preferred_element_type=jnp.float32)


def _product_forward(a, b):
    a, b = a.astype(jnp.bfloat16), b.astype(jnp.bfloat16)
    return _half_dot(a, b, 1, 0), (a, b)


def _product_backward(saved, grad):
    a, b = saved
    grad = grad.astype(jnp.bfloat16)
    return _half_dot(grad, b, 1, 1), _half_dot(a, grad, 0, 0)


_product.defvjp(_product_forward, _product_backward)


def _linear(params, name, x):
    flat = _product(x.reshape(-1, x.shape[-1]), params[name + ".weight"])
    if name + ".bias" in params:
        flat = flat + params[name + ".bias"]
    return flat.reshape(*x.shape[:-1], -1)


def _half_einsum(formula, a, b):
    return jnp.einsum(formula, a.astype(jnp.bfloat16), b.astype(jnp.bfloat16), preferred_element_type=jnp.float32)


def _shares(query, key, bias, padding_keys):
    """Softmax over the keys, with `padding_keys` more keys of score 0 that carry nothing."""
    scores = _half_einsum("bhqd,bhkd->bhqk", query, key) + bias
    top = jax.lax.stop_gradient(jnp.maximum(jnp.max(scores, axis=-1, keepdims=True), 0))
    weights = jnp.exp(scores - top)
    total = jnp.sum(weights, axis=-1, keepdims=True)
    if padding_keys is not None:
        total = total + padding_keys[:, None, None, None] * jnp.exp(-top)
    return weights / total


@jax.custom_vjp
def _mix(query, key, value, bias, padding_keys):
    """Attention whose weights nobody else needs: multiplied in bfloat16, kept in bfloat16 for the way back."""
    return _mix_forward(query, key, value, bias, padding_keys)[0]


def _mix_forward(query, key, value, bias, padding_keys):
    query, key, value = (x.astype(jnp.bfloat16) for x in (query, key, value))
    shares = _shares(query, key, bias, padding_keys).astype(jnp.bfloat16)
    mixed = _half_einsum("bhqk,bhkd->bhqd", shares, value)
    return mixed, (query, key, value, shares, mixed, bias, padding_keys)


def _mix_backward(saved, grad):
    query, key, value, shares, mixed, bias, padding_keys = saved
    inner = jnp.sum(grad * mixed, axis=-1, keepdims=True)
    grad = grad.astype(jnp.bfloat16)
    scores = ((_half_einsum("bhqd,bhkd->bhqk", grad, value) - inner) * shares).astype(jnp.bfloat16)
    to_query = _half_einsum("bhqk,bhkd->bhqd", scores, key)
    to_key = _half_einsum("bhqk,bhqd->bhkd", scores, query)
    to_value = _half_einsum("bhqk,bhqd->bhkd", shares, grad)
    nothing = None if padding_keys is None else jnp.zeros_like(padding_keys)
    return to_query, to_key, to_value, jnp.zeros_like(bias), nothing


_mix.defvjp(_mix_forward, _mix_backward)


def _attention(params, name, x, source, bias, padding_keys, looking=False):
    """Attention of x to source; with `looking` the second result tells where, (batch, heads, tokens, positions)."""
    batch, count, _ = x.shape
    head = WIDTH // HEADS

    def split(y):
        return y.reshape(batch, -1, HEADS, head).transpose(0, 2, 1, 3)

    query = split(_linear(params, name + ".query", x)) * head**-0.5
    key = split(_linear(params, name + ".key", source))
    value = split(_linear(params, name + ".value", source))
    looks = None
    if looking:
        looks = _shares(query, key, bias, padding_keys)
        mixed = _half_einsum("bhqk,bhkd->bhqd", looks, value)
    else:
        mixed = _mix(query, key, value, bias, padding_keys)
    return _linear(params, name + ".out", mixed.transpose(0, 2, 1, 3).reshape(batch, count, WIDTH)), looks


def _block(params, prefix, x, bias, padding_keys, audio=None, audio_bias=0.0):
    """One layer; the second result is where a decoder layer listens, (batch, heads, tokens, positions)."""
    looks = None
    y = _norm(params, prefix + ".attn_ln", x)
    x = x + _attention(params, prefix + ".attn", y, y, bias, None if audio is not None else padding_keys)[0]
    if audio is not None:
        y = _norm(params, prefix + ".cross_attn_ln", x)
        heard, looks = _attention(params, prefix + ".cross_attn", y, audio, audio_bias, padding_keys, looking=True)
        x = x + heard
    y = jax.nn.gelu(_linear(params, prefix + ".mlp.0", _norm(params, prefix + ".mlp_ln", x)), approximate=True)
    return x + _linear(params, prefix + ".mlp.2", y), looks


def _convolve(params, name, x, stride):
    """Width-3 convolution of x, already padded by one frame on each side that needs it."""
    count = (x.shape[1] - 3) // stride + 1
    taps = [x[:, k : k + stride * (count - 1) + 1 : stride] for k in range(3)]
    return jax.nn.gelu(_linear(params, name, jnp.concatenate(taps, axis=-1)), approximate=True)


def encode(params, mel, silence, padding_keys):
    """Audio states and their attention bias.

    mel: (batch, frames, 80), frames = 2 * positions + 8 with silence in the last 8, or 3,000 for the whole window.
    silence: positions drawn from the silence after the computed ones, sorted; empty for the whole window.
    """
    whole = mel.shape[1] == 2 * AUDIO_POSITIONS
    pads = ((0, 0), (1, 1 if whole else 0), (0, 0))
    x = _convolve(params, "encoder.conv1", jnp.pad(mel, pads), 1)
    x = _convolve(params, "encoder.conv2", jnp.pad(x, pads), 2)
    place = jnp.asarray(sinusoids(AUDIO_POSITIONS, WIDTH))
    if whole:
        x = x + place
        bias = jnp.zeros(AUDIO_POSITIONS, jnp.float32)
    else:
        positions = (mel.shape[1] - 8) // 2
        quiet = x[:, positions + 2 : positions + 3]
        x = jnp.concatenate([x[:, :positions] + place[:positions], quiet + place[silence]], axis=1)
        share = math.log((AUDIO_POSITIONS - positions) / SILENCE_POSITIONS)
        bias = jnp.concatenate([jnp.zeros(positions), jnp.full(SILENCE_POSITIONS, share)])
    for i in range(ENCODER_LAYERS):
        x, _ = _block(params, f"encoder.blocks.{i}", x, bias, padding_keys)
    return _norm(params, "encoder.ln_post", x), bias


def decode(params, tokens, audio, audio_bias, padding_keys):
    """Logits over the trained tokens for every position of `tokens` (batch, length), and where each layer listens."""
    length = tokens.shape[1]
    embedding = params["decoder.token_embedding.weight"]
    x = embedding[tokens] + params["decoder.positional_embedding"][:length]
    causal = jnp.where(jnp.tril(jnp.ones((length, length), bool)), 0.0, -1e9)
    layers = []
    for i in range(DECODER_LAYERS):
        x, looks = _block(params, f"decoder.blocks.{i}", x, causal, padding_keys, audio, audio_bias)
        layers.append(looks)
    x = _norm(params, "decoder.ln", x)
    return _product(x.reshape(-1, WIDTH), embedding.T).reshape(*tokens.shape, -1), layers


def loss(params, batch, phoneme_weight, guide_weight):
    """Mean cross-entropy of the next tokens plus `phoneme_weight` times that of the phoneme heard at each position.

    `guide_weight` is for a term that asks each decoder layer to listen within some 0.3 s of where a token is said: without it
    the attention takes thousands of steps to find the few positions that matter among 1,500.
    The part of the tokens' targets that `alternative` holds (with its weight) softens a target into two.
    """
    params = constrain(params)
    audio, bias = encode(params, batch["mel"], batch["silence"], batch["padding_keys"])
    logits, layers = decode(params, batch["tokens"], audio, bias, batch["padding_keys"])
    logs = jax.nn.log_softmax(logits)
    main = jnp.take_along_axis(logs, batch["targets"][..., None], axis=-1)[..., 0]
    other = jnp.take_along_axis(logs, batch["alternatives"][..., None], axis=-1)[..., 0]
    share = batch["alternative_shares"]
    weights = batch["weights"]
    text = -jnp.sum(weights * ((1 - share) * main + share * other)) / jnp.sum(weights)
    labels = batch["phonemes"]
    heard = audio[:, : labels.shape[1]]
    phoneme_logs = jax.nn.log_softmax(_linear(params, "phoneme", heard))
    known = (labels >= 0).astype(jnp.float32)
    right = jnp.take_along_axis(phoneme_logs, jnp.maximum(labels, 0)[..., None], axis=-1)[..., 0]
    sounds = -jnp.sum(known * right) / jnp.maximum(jnp.sum(known), 1)
    centres = batch["centres"]
    placed = (centres >= 0).astype(jnp.float32)
    computed = labels.shape[1]
    away = jnp.maximum(jnp.abs(jnp.arange(computed) - centres[..., None]) - GUIDE_POSITIONS, 0)
    near = jnp.exp(-((away / GUIDE_SOFTNESS) ** 2))
    missed = 0.0
    for looks in layers:
        found = jnp.sum(jnp.mean(looks[..., :computed], axis=1) * near, axis=-1)
        missed = missed - jnp.sum(placed * jnp.log(found + 1e-3)) / jnp.maximum(jnp.sum(placed), 1) / len(layers)
    return text + phoneme_weight * sounds + guide_weight * missed, (text, sounds, missed)
