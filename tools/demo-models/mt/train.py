"""Trains the translation model on one core.

    python -m mt.train --work DIR [--minutes 35 | --steps N] [--resume]

DIR gets sentencepiece.bpe.model and weights.npz, which `python -m mt.export` turns into the CTranslate2 folder.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import random
import time
from collections import defaultdict
from pathlib import Path

os.environ.setdefault('XLA_FLAGS', '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1')

import jax
import jax.numpy as jnp
import numpy as np
import optax

import phrasebook

from .corpus import LONGEST, Example, examples, make_foreign, make_pool
from .model import Shape, init, loss, sinusoids
from .tokens import EOS, PAD, SPM_NAME, Tokens, train_tokenizer

SEED = 20261
VOCABULARY_SIZE = 3200
POOL, STRANGERS = 60000, 12000
TARGETS_A_SOURCE = 3
PEAK_RATE, WARMUP_STEPS = 2e-3, 200
# Padded length → sources a batch; every batch holds about as many tokens.
BUCKETS = {12: 80, 16: 60, 20: 48, 26: 36, LONGEST + 2: 22}


def pack(batch: list[Example], langs: list[list[str]], length: int, tokens: Tokens) -> tuple[np.ndarray, ...]:
    """Arrays for `loss`."""
    source = np.full((len(batch), length), PAD, np.int32)
    target = np.full((len(batch), len(langs[0]), length), PAD, np.int32)
    labels = np.full_like(target, PAD)
    for row, example in enumerate(batch):
        source[row, : len(example.source)] = example.source
        for column, lang in enumerate(langs[row]):
            ids = example.targets[lang]
            target[row, column, : len(ids) + 2] = [EOS, tokens.language(lang), *ids]
            labels[row, column, 1 : len(ids) + 2] = [*ids, EOS]
    return source, target, labels, np.array([example.sure for example in batch], np.float32)


def batches(tokens: Tokens, pool: list, strangers: list, seed: int):
    """Endless batches of one length bucket each."""
    rng = random.Random(seed)
    waiting = defaultdict(list)
    for example in examples(tokens, pool, strangers, rng):
        langs = rng.sample(list(example.targets), TARGETS_A_SOURCE)
        longest = max(len(example.source), *(len(example.targets[lang]) + 2 for lang in langs))
        length = next(bucket for bucket in BUCKETS if longest <= bucket)
        waiting[length].append((example, langs))
        if len(waiting[length]) == BUCKETS[length]:
            chosen, chosen_langs = zip(*waiting.pop(length), strict=True)
            yield pack(list(chosen), list(chosen_langs), length, tokens)


def unseen_batches(tokens: Tokens, count: int) -> list[tuple[np.ndarray, ...]]:
    """Batches of the test side, to watch (never to choose by)."""
    rng = random.Random(SEED + 9)
    made = []
    for _ in range(count):
        chosen, langs = [], []
        for _ in range(16):
            entry = phrasebook.sample(rng, 'test')
            source, *others = rng.sample(phrasebook.LANGUAGES, TARGETS_A_SOURCE + 1)
            targets = {lang: tokens.encode(entry[lang]) for lang in others}
            chosen.append(Example([tokens.language(source), *tokens.encode(entry[source]), EOS], targets, 1.0))
            langs.append(others)
        made.append(pack(chosen, langs, LONGEST + 2, tokens))
    return made


def save(work: Path, params: dict, shape: Shape, state: dict) -> None:
    """Weights and the facts of the run, replaced whole."""
    part = work / 'weights.part.npz'
    np.savez(part, **{name: np.asarray(value) for name, value in params.items()})
    part.replace(work / 'weights.npz')
    (work / 'training.json').write_text(json.dumps({'shape': dataclasses.asdict(shape), **state}, indent=2) + '\n')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--work', type=Path, required=True)
    parser.add_argument('--minutes', type=float, default=35)
    parser.add_argument('--steps', type=int, help='a fixed number of steps instead of a time: repeatable bit for bit')
    parser.add_argument('--resume', action='store_true', help='start from the weights in DIR')
    parser.add_argument('--stage', type=int, default=0, help='another number gives other material from the same seed')
    parser.add_argument('--rate', type=float, default=PEAK_RATE)
    options = parser.parse_args()

    if not (options.resume and (options.work / SPM_NAME).exists()):
        train_tokenizer(options.work, SEED, VOCABULARY_SIZE)
    tokens = Tokens(options.work)
    shape = Shape(vocabulary=len(tokens.vocabulary))
    params = init(shape, SEED)
    if options.resume:
        with np.load(options.work / 'weights.npz') as stored:
            params = {name: stored[name] for name in stored.files}
    print(f'{sum(value.size for value in params.values()):,} parameters, {shape}', flush=True)

    seed = SEED + 100 * options.stage
    pool = make_pool(tokens, seed + 1, POOL)
    strangers = make_foreign(tokens, seed + 2, STRANGERS)
    unseen = unseen_batches(tokens, 12)
    positions = sinusoids(shape.width)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.scale_by_adam(b1=0.9, b2=0.98))
    params = jax.tree.map(jnp.asarray, params)
    optimizer_state = optimizer.init(params)

    def step(params, optimizer_state, rate, source, target, labels, sure):
        (cost, hits), gradients = jax.value_and_grad(
            lambda weights: loss(weights, shape, positions, source, target, labels, sure), has_aux=True
        )(params)
        updates, optimizer_state = optimizer.update(gradients, optimizer_state)
        params = jax.tree.map(lambda weight, update: weight - rate * update, params, updates)
        return params, optimizer_state, cost, hits

    step = jax.jit(step, donate_argnums=(0, 1))
    measure = jax.jit(lambda weights, *batch: loss(weights, shape, positions, *batch))

    began = watched = time.monotonic()
    history = []
    mean_cost = mean_hits = 0.0
    for count, batch in enumerate(batches(tokens, pool, strangers, seed + 3)):
        elapsed = time.monotonic() - began
        done = count / options.steps if options.steps else elapsed / (60 * options.minutes)
        if done >= 1:
            break
        rate = options.rate * min(1.0, (count + 1) / WARMUP_STEPS) * 0.5 * (1 + math.cos(math.pi * done))
        params, optimizer_state, cost, hits = step(params, optimizer_state, rate, *batch)
        share = 0.02 if count else 1.0
        mean_cost += share * (float(cost) - mean_cost)
        mean_hits += share * (float(hits) - mean_hits)
        if count % 50 == 0:
            print(f'{count:6} {elapsed:6.0f} s  loss {mean_cost:.4f}  right {mean_hits:.4f}', flush=True)
        if time.monotonic() - watched > 120:
            watched = time.monotonic()
            figures = [tuple(map(float, measure(params, *unseen_batch))) for unseen_batch in unseen]
            cost_unseen, hits_unseen = (sum(column) / len(column) for column in zip(*figures, strict=True))
            print(f'{count:6} unseen: loss {cost_unseen:.4f}  right {hits_unseen:.4f}', flush=True)
            history.append({'step': count, 'seconds': round(elapsed), 'unseen_right': round(hits_unseen, 4)})
            save(options.work, params, shape, {'seed': seed, 'steps': count, 'history': history})
    save(options.work, params, shape, {'seed': seed, 'steps': count, 'minutes': elapsed / 60, 'history': history})
    print(f'{count} steps in {elapsed / 60:.1f} minutes')


if __name__ == '__main__':
    main()
