"""A Whisper of true shape with random weights that says a timed script: several segments that fill 30 s.

    WHISPER_ASSETS=FOLDER python timed_twin.py SIZE SECONDS OUT [clip]

The script is a row of segments of SECONDS each, 0.4 s apart, and one that fills the rest of the window; every 30 s of
any sound give the same script. With `clip` it is the first segment alone, as a model says it that hears a clip of
SECONDS and then silence. Real compute: encoder, cross attention and every step of
the decoder are calculated; the learnt positions of the decoder are what decides the next token.

OUT/ggml.bin (f16), OUT/ct2-int8, OUT/ct2-float16 (the same weights, with tokenizer.json for faster-whisper), and
OUT/script.json. Needs numpy and ctranslate2, and the assets of openai-whisper's source package.
"""

import base64
import json
import os
import pathlib
import struct
import sys

import numpy
from ctranslate2.specs import WhisperSpec

# width, heads, layers, mels, languages
SIZES = {
    "tiny": (384, 6, 4, 80, 99),
    "base": (512, 8, 6, 80, 99),
    "small": (768, 12, 12, 80, 99),
    "medium": (1024, 16, 24, 80, 99),
    "large-v3": (1280, 20, 32, 128, 100),
}
LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml "
    "cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am "
    "yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue"
).split()
AUDIO_CONTEXT, TEXT_CONTEXT, TEXT_TOKENS, WINDOW = 1500, 448, 50257, 30.0
END, START_OF_TRANSCRIPT = 50257, 50258
GAP, WORDS_A_SECOND = 0.4, 2.4
# How far the learnt position outweighs what the layers add.
LOUD = 8


def read_tokens(assets):
    lines = (assets / "multilingual.tiktoken").read_bytes().splitlines()
    pairs = [line.split() for line in lines if line]
    return [base64.b64decode(token) for token, _ in sorted(pairs, key=lambda pair: int(pair[1]))]


def write_script(tokens, seconds, first_timestamp, clip):
    """Segments with start, end, words; and the tokens that say them."""
    rng = numpy.random.default_rng(11)
    words = [i for i, t in enumerate(tokens) if t[:1] == b" " and t[1:].isalpha() and t[1:].islower() and 4 < len(t) < 9]
    chosen = iter(rng.permutation(words))
    starts = [round(k * (seconds + GAP), 2) for k in range(int((WINDOW + GAP) / (seconds + GAP)))]
    spans = [(start, round(start + seconds, 2)) for start in starts]
    if WINDOW - spans[-1][1] - GAP >= 1:
        spans.append((round(spans[-1][1] + GAP, 2), WINDOW))
    segments, ids = [], []
    for start, end in spans[:1] if clip else spans:
        said = [int(next(chosen)) for _ in range(round((end - start) * WORDS_A_SECOND))]
        segments.append({"start": start, "end": end, "text": b"".join(tokens[i] for i in said).decode().strip()})
        ids += [first_timestamp + round(start * 50), *said, first_timestamp + round(end * 50)]
    return segments, [*ids, END]


def make_weights(size, script, rng):
    width, _, layers, mels, languages = SIZES[size]
    vocabulary = END + 2 + languages + 6 + 1501
    normal = lambda *shape, std=0.02: rng.standard_normal(shape, dtype=numpy.float32) * numpy.float32(std)
    zeros = lambda n: numpy.zeros(n, numpy.float32)
    ones = lambda n: numpy.ones(n, numpy.float32)
    p = {
        "encoder.conv1.weight": normal(width, mels, 3),
        "encoder.conv1.bias": zeros(width),
        "encoder.conv2.weight": normal(width, width, 3),
        "encoder.conv2.bias": zeros(width),
    }
    scale = numpy.exp(-numpy.log(10000) / (width // 2 - 1) * numpy.arange(width // 2))
    angles = numpy.arange(AUDIO_CONTEXT)[:, None] * scale[None]
    p["encoder.positional_embedding"] = numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], 1).astype("f4")

    def add_block(name, cross):
        # The decoder's layers add little, so that its positions decide.
        quiet = 0.002 if cross else 0.02
        for attention in ("attn", "cross_attn") if cross else ("attn",):
            for part in ("query", "key", "value", "out"):
                p[f"{name}.{attention}.{part}.weight"] = normal(width, width, std=quiet if part == "out" else 0.02)
                if part != "key":
                    p[f"{name}.{attention}.{part}.bias"] = zeros(width)
            p[f"{name}.{attention}_ln.weight"] = ones(width)
            p[f"{name}.{attention}_ln.bias"] = zeros(width)
        p[f"{name}.mlp.0.weight"] = normal(4 * width, width)
        p[f"{name}.mlp.0.bias"] = zeros(4 * width)
        p[f"{name}.mlp.2.weight"] = normal(width, 4 * width, std=quiet)
        p[f"{name}.mlp.2.bias"] = zeros(width)
        p[f"{name}.mlp_ln.weight"] = ones(width)
        p[f"{name}.mlp_ln.bias"] = zeros(width)

    for i in range(layers):
        add_block(f"encoder.blocks.{i}", False)
    p["encoder.ln_post.weight"], p["encoder.ln_post.bias"] = ones(width), zeros(width)
    embedding = normal(vocabulary, width, std=0.15)
    position = normal(TEXT_CONTEXT, width, std=0.01)
    position[0] = embedding[START_OF_TRANSCRIPT + 1] * LOUD
    for i in range(2, TEXT_CONTEXT):
        position[i] = embedding[script[i - 2] if i - 2 < len(script) else END] * LOUD
    p["decoder.token_embedding.weight"], p["decoder.positional_embedding"] = embedding, position
    for i in range(layers):
        add_block(f"decoder.blocks.{i}", True)
    p["decoder.ln.weight"], p["decoder.ln.bias"] = ones(width), zeros(width)
    return p


def write_ggml(path, size, p, tokens, filters):
    width, heads, layers, mels, _ = SIZES[size]
    vocabulary = len(p["decoder.token_embedding.weight"])
    whole = ("encoder.conv1.bias", "encoder.conv2.bias", "encoder.positional_embedding", "decoder.positional_embedding")
    with open(path, "wb") as file:
        header = (vocabulary, AUDIO_CONTEXT, width, heads, layers, TEXT_CONTEXT, width, heads, layers, mels, 1)
        file.write(struct.pack("12i", 0x67676D6C, *header))
        file.write(struct.pack("2i", *filters.shape))
        filters.tofile(file)
        file.write(struct.pack("i", len(tokens)))
        for token in tokens:
            file.write(struct.pack("i", len(token)) + token)
        for name, array in p.items():
            array = array.reshape(-1, 1) if name in whole[:2] else array
            half = array.ndim > 1 and name not in whole
            file.write(struct.pack("3i", array.ndim, len(name), int(half)))
            file.write(struct.pack(f"{array.ndim}i", *reversed(array.shape)) + name.encode())
            numpy.ascontiguousarray(array, "f2" if half else "f4").tofile(file)


def byte_alphabet():
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in own]
    return {**{byte: chr(byte) for byte in own}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


def special_tokens(languages):
    marks = "translate transcribe startoflm startofprev nospeech notimestamps".split()
    names = ["endoftext", "startoftranscript", *LANGUAGES[:languages], *marks]
    return [f"<|{name}|>" for name in names] + [f"<|{i * 0.02:.2f}|>" for i in range(1501)]


def write_ct2(path, size, p, vocabulary, quantization):
    width, heads, layers, mels, languages = SIZES[size]
    spec = WhisperSpec(layers, heads, layers, heads)

    def norm(target, name):
        target.gamma, target.beta = p[f"{name}.weight"], p[f"{name}.bias"]

    def linear(target, *names):
        target.weight = numpy.concatenate([p[f"{name}.weight"] for name in names])
        none = numpy.zeros(width, numpy.float32)
        target.bias = numpy.concatenate([p.get(f"{name}.bias", none) for name in names])

    def block(layer, name, cross):
        linear(layer.self_attention.linear[0], *(f"{name}.attn.{part}" for part in ("query", "key", "value")))
        linear(layer.self_attention.linear[1], f"{name}.attn.out")
        norm(layer.self_attention.layer_norm, f"{name}.attn_ln")
        if cross:
            linear(layer.attention.linear[0], f"{name}.cross_attn.query")
            linear(layer.attention.linear[1], f"{name}.cross_attn.key", f"{name}.cross_attn.value")
            linear(layer.attention.linear[2], f"{name}.cross_attn.out")
            norm(layer.attention.layer_norm, f"{name}.cross_attn_ln")
        norm(layer.ffn.layer_norm, f"{name}.mlp_ln")
        linear(layer.ffn.linear_0, f"{name}.mlp.0")
        linear(layer.ffn.linear_1, f"{name}.mlp.2")

    for conv in ("conv1", "conv2"):
        getattr(spec.encoder, conv).weight = p[f"encoder.{conv}.weight"]
        getattr(spec.encoder, conv).bias = p[f"encoder.{conv}.bias"]
    spec.encoder.position_encodings.encodings = p["encoder.positional_embedding"]
    norm(spec.encoder.layer_norm, "encoder.ln_post")
    spec.decoder.embeddings.weight = p["decoder.token_embedding.weight"]
    spec.decoder.projection.weight = p["decoder.token_embedding.weight"]
    spec.decoder.position_encodings.encodings = p["decoder.positional_embedding"]
    norm(spec.decoder.layer_norm, "decoder.ln")
    for i in range(layers):
        block(spec.encoder.layer[i], f"encoder.blocks.{i}", False)
        block(spec.decoder.layer[i], f"decoder.blocks.{i}", True)
    spec.register_vocabulary(vocabulary)
    first = START_OF_TRANSCRIPT + 1
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [220, END]
    spec.config.lang_ids = list(range(first, first + languages))
    spec.config.alignment_heads = [(layers - 1, head) for head in range(heads)]
    spec.validate()
    spec.optimize(quantization=quantization)
    path.mkdir()
    spec.save(str(path))
    features = {"feature_size": mels, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (path / "preprocessor_config.json").write_text(json.dumps(features))
    (path / "tokenizer.json").write_text(json.dumps(tokenizer(vocabulary)))


def tokenizer(vocabulary):
    """As Hugging Face's tokenizers writes it; ids are in the order of merges, so these follow from them."""
    added = [
        {"id": i, "content": token, "special": i < END + 108, "normalized": False}
        | {key: False for key in ("single_word", "lstrip", "rstrip")}
        for i, token in enumerate(vocabulary)
        if i >= END
    ]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    ids = {token: i for i, token in enumerate(vocabulary[:END])}
    model = {"type": "BPE", "vocab": ids, "merges": [" ".join(pair) for pair in merges_of(vocabulary[:END])]}
    absent = {"truncation": None, "padding": None, "normalizer": None, "post_processor": None}
    return {"version": "1.0", "added_tokens": added, "pre_tokenizer": level, "decoder": level, "model": model, **absent}


def merges_of(vocabulary):
    """The pair that each token was merged from: what its bytes come to with the earlier merges alone."""
    ranks = {token: rank for rank, token in enumerate(vocabulary)}
    for rank, token in enumerate(vocabulary):
        parts = list(token)
        while len(parts) > 2:
            pairs = [ranks.get(parts[i] + parts[i + 1], len(vocabulary)) for i in range(len(parts) - 1)]
            best = min(range(len(pairs)), key=pairs.__getitem__)
            if pairs[best] >= rank:
                break
            parts[best : best + 2] = [parts[best] + parts[best + 1]]
        if len(parts) == 2:
            yield parts


def main(size, seconds, out, clip=""):
    assets = pathlib.Path(os.environ["WHISPER_ASSETS"])
    languages, mels = SIZES[size][4], SIZES[size][3]
    tokens = read_tokens(assets)
    first_timestamp = END + 2 + languages + 6
    segments, script = write_script(tokens, float(seconds), first_timestamp, clip == "clip")
    p = make_weights(size, script, numpy.random.default_rng(7))
    out = pathlib.Path(out)
    filters = numpy.load(assets / "mel_filters.npz")[f"mel_{mels}"].astype(numpy.float32)
    write_ggml(out / "ggml.bin", size, p, tokens, filters)
    alphabet = byte_alphabet()
    vocabulary = ["".join(alphabet[byte] for byte in token) for token in tokens] + special_tokens(languages)
    assert len(vocabulary) == len(p["decoder.token_embedding.weight"]), len(vocabulary)
    for quantization in ("int8", "float16"):
        write_ct2(out / f"ct2-{quantization}", size, p, vocabulary, quantization)
    (out / "script.json").write_text(json.dumps({"segments": segments}, indent=2))


main(*sys.argv[1:])
