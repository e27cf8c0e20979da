"""Trains the demo speech model within a wall-clock budget: `python -m stt.train --parts DIR --out DIR --minutes 52`.

The learning rate follows the clock, so the run ends in time on any machine; every checkpoint can be exported.
"""

import argparse
import json
import os
import queue
import threading
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--parts", type=Path, required=True, help="folder that stt.corpus writes into; new parts are picked up")
parser.add_argument("--out", type=Path, required=True)
parser.add_argument("--minutes", type=float, default=52)
parser.add_argument("--rate", type=float, default=1.3e-3, help="highest learning rate")
parser.add_argument("--init", type=Path, help="what to go on from: a checkpoint, or a CTranslate2 folder that stt.export wrote")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--steps", type=int, help="stop after so many steps")
parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "voicelingua" / "demo-stt")

DEVICES = 2
CHECKPOINT_SECONDS = 300
WARM_UP_STEPS = 150
DECAY = 0.01
BETA1, BETA2 = 0.9, 0.98
AVERAGE = 0.997


def main():
    options = parser.parse_args()
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    # two cores as two devices, each with half of the clips: little of XLA's work on one device is shared between threads
    os.environ.setdefault("XLA_FLAGS", f"--xla_force_host_platform_device_count={DEVICES}")
    # batches are put together beside that, on one thread
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import jax
    import jax.numpy as jnp
    import numpy as np
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    jax.config.update("jax_compilation_cache_dir", str(options.cache / "jax"))
    from . import model
    from .batches import BATCH, MAX_PHONEMES, SHAPES, Batches, Store
    from .restore import restore
    from .sentences import Sentences
    from .text import Subset, Vocabulary

    options.out.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary(options.cache)
    sentences = Sentences(vocabulary)
    subset = Subset(sentences.tokens())
    store = Store(options.parts, subset)
    print(f"{store.refresh()} utterances, {len(subset)} tokens", flush=True)
    rng = np.random.default_rng(options.seed)
    params = model.initialise(rng, len(subset), MAX_PHONEMES)
    if options.init:
        if options.init.is_dir():
            saved = restore(options.init, subset)
        else:
            saved = dict(np.load(options.init))
            assert list(saved.pop("subset")) == list(subset.ids), "the phrasebook's tokens have changed since that checkpoint"
        params |= {name: saved[name] for name in saved if name in params}
    mesh = Mesh(np.array(jax.devices()), ("clips",))
    everywhere, by_clip = PartitionSpec(), PartitionSpec("clips")
    params = {name: jax.device_put(value, NamedSharding(mesh, everywhere)) for name, value in params.items()}
    state = {"params": params, "mean": jax.tree.map(jnp.zeros_like, params), "square": jax.tree.map(jnp.zeros_like, params)}
    state["average"] = jax.tree.map(jnp.array, params)
    state["step"] = jnp.zeros((), jnp.int32)

    def update(state, batch, rate, phoneme_weight, guide_weight):
        (_, parts), grads = jax.value_and_grad(model.loss, has_aux=True)(state["params"], batch, phoneme_weight, guide_weight)
        parts, grads = jax.lax.pmean((parts, grads), "clips")
        size = jnp.sqrt(sum(jnp.sum(g * g) for g in jax.tree.leaves(grads)))
        grads = jax.tree.map(lambda g: g * jnp.minimum(1, 1 / (size + 1e-6)), grads)
        step = state["step"] + 1
        mean = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, state["mean"], grads)
        square = jax.tree.map(lambda s, g: BETA2 * s + (1 - BETA2) * g * g, state["square"], grads)
        fix1, fix2 = 1 - BETA1**step, 1 - BETA2**step

        def move(p, m, s):
            decay = DECAY if p.ndim == 2 else 0.0
            return p - rate * (m / fix1 / (jnp.sqrt(s / fix2) + 1e-8) + decay * p)

        params = jax.tree.map(move, state["params"], mean, square)
        keep = jnp.minimum(AVERAGE, step / (step + 20.0))
        average = jax.tree.map(lambda a, p: keep * a + (1 - keep) * p, state["average"], params)
        return {"params": params, "mean": mean, "square": square, "average": average, "step": step}, parts

    places = {name: everywhere if name == "silence" else by_clip for name in BATCH}
    inputs = (everywhere, places, everywhere, everywhere, everywhere)
    update = jax.shard_map(update, mesh=mesh, in_specs=inputs, out_specs=everywhere, check_vma=False)
    update = jax.jit(update, donate_argnums=0)
    batches = Batches(store, sentences, vocabulary, options.seed)
    ready: queue.Queue = queue.Queue(maxsize=6)
    began = time.time()

    def produce():
        refreshed = time.time()
        shares = np.array([shape.share for shape in SHAPES])
        while True:
            if time.time() - refreshed > 45:
                store.refresh()
                refreshed = time.time()
            late = 1.0 if options.init else min(1.0, (time.time() - began) / (0.12 * 60 * options.minutes))
            # long clips teach little before short ones are understood
            now = shares * np.array([1.0 if shape.positions <= 256 and shape.tokens < 200 else late for shape in SHAPES])
            shape = SHAPES[batches.rng.choice(len(SHAPES), p=now / now.sum())]
            ready.put((shape, batches.next(shape)))

    threading.Thread(target=produce, daemon=True).start()

    def save(name):
        arrays = {key: np.asarray(value) for key, value in state["average"].items()}
        np.savez(options.out / "draft.npz", subset=subset.ids, **arrays)
        os.replace(options.out / "draft.npz", options.out / name)

    saved_at, logged = began, []
    warm_up = WARM_UP_STEPS // 3 if options.init else WARM_UP_STEPS
    with open(options.out / "log.jsonl", "a") as log:
        step = 0
        while True:
            progress = (time.time() - began) / (60 * options.minutes)
            if progress >= 1 or step == options.steps:
                break
            waited = time.time()
            shape, batch = ready.get()
            waited = time.time() - waited
            rate = options.rate * min(1.0, (step + 1) / warm_up) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * progress)))
            phoneme_weight = 0.5 if progress < 0.5 else 0.25
            guide_weight = 0.3 if progress < 0.4 else 0.1
            started = time.time()
            weights = (jnp.float32(rate), jnp.float32(phoneme_weight), jnp.float32(guide_weight))
            state, (loss, sounds, missed) = update(state, batch, *weights)
            logged.append((float(loss), float(sounds), time.time() - started, waited, float(missed)))
            step += 1
            if step % 50 == 0:
                means = np.mean(logged, axis=0)
                row = dict(step=step, minutes=round((time.time() - began) / 60, 2), loss=round(float(means[0]), 4))
                row |= dict(phonemes=round(float(means[1]), 4), seconds=round(float(means[2]), 3), waited=round(float(means[3]), 3), rate=round(float(rate), 6), missed=round(float(means[4]), 3))
                print(json.dumps(row), file=log, flush=True)
                print(row, flush=True)
                logged = []
            if time.time() - saved_at > CHECKPOINT_SECONDS:
                save(f"step-{step:05d}.npz")
                saved_at = time.time()
    save("final.npz")


if __name__ == "__main__":
    main()
