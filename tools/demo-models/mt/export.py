"""Writes the trained model as a CTranslate2 folder.

    python -m mt.export --work DIR --out FOLDER [--quantization int8|none]

The folder is laid out as CTranslate2's converter lays out M2M100, with sentencepiece.bpe.model beside the weights.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path

import ctranslate2
import numpy as np
from ctranslate2.specs import common_spec, transformer_spec

from .model import Params, Shape, sinusoids
from .tokens import SPM_NAME, Tokens


def _linear(spec: common_spec.LinearSpec, params: Params, name: str) -> None:
    spec.weight = np.ascontiguousarray(params[f'{name}.w'].T)
    spec.bias = params[f'{name}.b']


def _norm(spec: common_spec.LayerNormSpec, params: Params, name: str) -> None:
    spec.gamma = params[f'{name}.gamma']
    spec.beta = params[f'{name}.beta']


def build_spec(params: Params, shape: Shape, vocabulary: list[str]) -> transformer_spec.TransformerSpec:
    """The specification that CTranslate2's own M2M100 converter would fill."""
    spec = transformer_spec.TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers),
        shape.heads,
        pre_norm=True,
        activation=common_spec.Activation.RELU,
        layernorm_embedding=False,
    )
    for side, half in (('encoder', spec.encoder), ('decoder', spec.decoder)):
        embeddings = half.embeddings[0] if isinstance(half.embeddings, list) else half.embeddings
        embeddings.weight = params['embedding']
        half.scale_embeddings = math.sqrt(shape.width)
        half.position_encodings.encodings = sinusoids(shape.width)
        _norm(half.layer_norm, params, f'{side}.norm')
        for number, layer in enumerate(half.layer):
            scope = f'{side}.{number}'
            _norm(layer.self_attention.layer_norm, params, f'{scope}.self.norm')
            _linear(layer.self_attention.linear[0], params, f'{scope}.self.qkv')
            _linear(layer.self_attention.linear[1], params, f'{scope}.self.out')
            if side == 'decoder':
                _norm(layer.attention.layer_norm, params, f'{scope}.cross.norm')
                _linear(layer.attention.linear[0], params, f'{scope}.cross.q')
                _linear(layer.attention.linear[1], params, f'{scope}.cross.kv')
                _linear(layer.attention.linear[2], params, f'{scope}.cross.out')
            _norm(layer.ffn.layer_norm, params, f'{scope}.ffn.norm')
            _linear(layer.ffn.linear_0, params, f'{scope}.ffn.in')
            _linear(layer.ffn.linear_1, params, f'{scope}.ffn.out')
    spec.decoder.projection.weight = params['embedding']

    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.bos_token = '<s>'
    spec.config.eos_token = '</s>'
    spec.config.unk_token = '<unk>'
    spec.config.decoder_start_token = '</s>'
    return spec


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--work', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--quantization', choices=('int8', 'none'), default='int8')
    options = parser.parse_args()

    tokens = Tokens(options.work)
    shape = Shape(**json.loads((options.work / 'training.json').read_text())['shape'])
    with np.load(options.work / 'weights.npz') as stored:
        params = {name: stored[name] for name in stored.files}
    spec = build_spec(params, shape, tokens.vocabulary)
    spec.validate()
    spec.optimize(quantization=None if options.quantization == 'none' else options.quantization)
    options.out.mkdir(parents=True, exist_ok=True)
    spec.save(str(options.out))
    shutil.copyfile(options.work / SPM_NAME, options.out / SPM_NAME)
    ctranslate2.Translator(str(options.out), device='cpu')
    for path in sorted(options.out.iterdir()):
        print(f'{path.stat().st_size:10,} {path.name}')


if __name__ == '__main__':
    main()
