"""Whisper's multilingual byte-pair vocabulary, and the small part of it that the demo model uses."""

import base64
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import regex

WHISPER_SDIST = "openai-whisper==20250625"
VOCABULARY_SIZE = 51865
EOT = 50257
SOT = 50258
FIRST_LANGUAGE = 50259
LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk "
    "te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo "
    "ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su"
).split()
TRANSLATE, TRANSCRIBE, SOT_LM, SOT_PREV, NO_SPEECH, NO_TIMESTAMPS, FIRST_TIMESTAMP = range(50358, 50365)
TIMESTAMP_STEP = 0.02
SPOKEN_LANGUAGES = ("en", "de", "zh")

_PIECES = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")


def language_token(language: str) -> int:
    """Token id of a language code such as "de"."""
    return FIRST_LANGUAGE + LANGUAGES.index(language)


def timestamp_token(seconds: float) -> int:
    """Token id of the timestamp nearest to `seconds`, on the 0.1 s grid that the demo model is trained on."""
    return FIRST_TIMESTAMP + 5 * int(round(seconds * 10))


def assets(cache: Path) -> Path:
    """Folder with Whisper's vocabulary and mel filters, fetched once from the source package on the registry."""
    folder = cache / "whisper-assets"
    if not (folder / "mel_filters.npz").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(cache)]
        subprocess.run([*command, WHISPER_SDIST], check=True)
        archive = next(cache.glob("openai_whisper-*.tar.gz"))
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                name = Path(member.name).name
                if name in ("multilingual.tiktoken", "mel_filters.npz"):
                    (folder / name).write_bytes(tar.extractfile(member).read())
    return folder


def mel_filters(cache: Path) -> np.ndarray:
    """Whisper's 80 mel filters over 201 bins."""
    return np.load(assets(cache) / "mel_filters.npz")["mel_80"].astype(np.float32)


class Vocabulary:
    """Encodes and decodes text exactly as Whisper's multilingual tokenizer does."""

    def __init__(self, cache: Path):
        self.ranks: dict[bytes, int] = {}
        for line in (assets(cache) / "multilingual.tiktoken").read_bytes().splitlines():
            if line:
                piece, rank = line.split()
                self.ranks[base64.b64decode(piece)] = int(rank)
        self.pieces = {rank: piece for piece, rank in self.ranks.items()}
        self._known: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        tokens: list[int] = []
        for piece in _PIECES.findall(text):
            if piece not in self._known:
                self._known[piece] = self._merge(piece.encode())
            tokens += self._known[piece]
        return tokens

    def decode(self, tokens) -> str:
        return b"".join(self.pieces.get(int(token), b"") for token in tokens).decode(errors="replace")

    def _merge(self, word: bytes) -> list[int]:
        parts = [word[i : i + 1] for i in range(len(word))]
        while len(parts) > 1:
            ranked = [(self.ranks.get(a + b, 1 << 30), i) for i, (a, b) in enumerate(zip(parts, parts[1:]))]
            rank, at = min(ranked)
            if rank == 1 << 30:
                break
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return [self.ranks[part] for part in parts]


class Subset:
    """The trained tokens, renumbered 0..n-1; all others stay silent in the exported model."""

    def __init__(self, text_tokens):
        special = [EOT, SOT, *(language_token(l) for l in SPOKEN_LANGUAGES), TRANSCRIBE, SOT_PREV, NO_SPEECH, NO_TIMESTAMPS]
        stamps = [timestamp_token(i / 10) for i in range(301)]
        self.ids = np.array(sorted(set(text_tokens)) + special + stamps, np.int32)
        self.of = {int(token): i for i, token in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)
