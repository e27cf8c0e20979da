"""SentencePiece and the token protocol of M2M100: `[__src__] pieces [</s>]` in, `[__tgt__] pieces [</s>]` out."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import sentencepiece

import phrasebook
from phrasebook import LANGUAGES

SPM_NAME = 'sentencepiece.bpe.model'
SPECIALS = ['<s>', '<pad>', '</s>', '<unk>']
PAD, EOS, UNK = 1, 2, 3
# What the model answers to text that is not the phrasebook's.
UNSURE = '…'

_ALPHABETS = (
    'abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ àâäáãåæçéèêëíìîïñóòôöõøœúùûüßÿ ÀÂÄÁÇÉÈÊËÍÎÏÑÓÔÖÚÙÛÜ '
    'абвгдеёжзийклмнопрстуфхцчшщъыьэюя АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯ 0123456789 . , ; : ! ? " \' ( ) - / & % ¿ ¡ '
    'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげござじずぜぞだでどばびぶべぼ'
    'ぱぴぷぺぽっゃゅょ アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンガギグゲゴザジズゼゾダデド'
    'バビブベボパピプペポッャュョー 。 、 ， ！ ？ 「 」 … 的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就'
)


def train_tokenizer(folder: Path, seed: int, vocab_size: int) -> None:
    """Writes the SentencePiece model of the phrasebook into `folder`."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as work:
        corpus = Path(work) / 'corpus.txt'
        with open(corpus, 'w', encoding='utf-8') as file:
            for _ in range(8000):
                entry = phrasebook.sample(rng, 'train')
                for lang in LANGUAGES:
                    file.write(entry[lang] + '\n')
                    if rng.random() < 0.2:
                        file.write(entry[lang].lower().rstrip('.?!。？') + '\n')
            for block in _ALPHABETS.split():
                file.write(block + '\n')
                file.write(' '.join(block) + '\n')
        rules = Path(work) / 'rules.tsv'
        rules.write_text("2019\t27\n2018\t27\nA0\t20\n202F\t20\n3000\t20\n", encoding='utf-8')
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus),
            model_prefix=str(Path(work) / 'spm'),
            model_type='unigram',
            vocab_size=vocab_size,
            character_coverage=1.0,
            normalization_rule_tsv=str(rules),
            max_sentencepiece_length=12,
            num_threads=1,
            minloglevel=1,
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SPM_NAME).write_bytes((Path(work) / 'spm.model').read_bytes())


class Tokens:
    """The shared vocabulary of the model: specials, pieces, language tokens, and filler up to a multiple of 16."""

    def __init__(self, folder: Path):
        self._spm = sentencepiece.SentencePieceProcessor(model_file=str(folder / SPM_NAME))
        pieces = [self._spm.id_to_piece(i) for i in range(self._spm.get_piece_size())]
        self.pieces = [piece for piece in pieces if piece not in SPECIALS]
        self.vocabulary = [*SPECIALS, *self.pieces, *(f'__{lang}__' for lang in LANGUAGES)]
        self.used = len(self.vocabulary)
        while len(self.vocabulary) % 16:
            self.vocabulary.append(f'madeupword{len(self.vocabulary) - self.used}')
        self._ids = {token: index for index, token in enumerate(self.vocabulary)}

    def language(self, lang: str) -> int:
        return self._ids[f'__{lang}__']

    def encode(self, text: str) -> list[int]:
        return [self._ids.get(piece, UNK) for piece in self._spm.encode_as_pieces(text)]

    def source_tokens(self, text: str, lang: str) -> list[str]:
        return [f'__{lang}__', *self._spm.encode_as_pieces(text), '</s>']

    def decode(self, pieces: list[str]) -> str:
        return self._spm.decode_pieces(pieces)
