"""Measures a demo speech model on voices that it never heard, through whisper-cli, VoiceLingua or CTranslate2.

    python -m stt.evaluate --ggml FILE --whisper-cli PROGRAM --speech FOLDER
    python -m stt.evaluate --voicelingua ../../bin/voicelingua.js --speech FOLDER
    python -m stt.evaluate --ct2 FOLDER --speech FOLDER

The clips come from espeak-ng's command line (held-out voices, test side of the phrasebook) and from the human recordings.
"""

import argparse
import json
import random
import re
import subprocess
import tempfile
import unicodedata
import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import phrasebook

from . import sounds
from .corpus import DIGITS, decode, human_other
from .signal import RATE, whisper_log_mel
from .text import Vocabulary, mel_filters
from .voices import HELD_OUT

DIGIT_FORMS = {str(i): word for i, word in enumerate(DIGITS)}


@dataclass
class Clip:
    """One test recording: what was said (empty: nothing to hear) and in which language."""

    group: str
    samples: np.ndarray
    said: str
    language: str = "en"


@dataclass
class Heard:
    text: str
    language: str
    segments: list = field(default_factory=list)


def words(text: str, language: str) -> list[str]:
    """Words for comparison: lower case, no punctuation; characters in Mandarin."""
    plain = "".join(c if unicodedata.category(c)[0] in "LN" or c == "'" else " " for c in text.lower())
    return list(plain.replace(" ", "")) if language == "zh" else plain.split()


def errors(reference: list[str], heard: list[str]) -> int:
    """Word edit distance."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(reference, 1):
        previous, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (word != other))
    return row[-1]


def espeak(text: str, voice: str, rng: random.Random) -> np.ndarray:
    speed, pitch = rng.randint(130, 190), rng.randint(35, 65)
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", file.name, text], check=True)
        return decode(Path(file.name))


def with_noise(samples: np.ndarray, decibels: float, rng: np.random.Generator) -> np.ndarray:
    """Adds coloured noise so many decibels below the speech."""
    noise = sounds.noise(rng, len(samples) / RATE + 0.1)[: len(samples)]
    gain = np.sqrt(np.mean(samples**2) / (np.mean(noise**2) + 1e-12)) * 10 ** (-decibels / 20)
    return samples + gain * noise


def make_clips(speech: Path | None, count: int, seed: int) -> list[Clip]:
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    clips = []

    def padded(samples, before=0.3, after=0.4):
        return np.concatenate([np.zeros(int(before * RATE), np.float32), samples, np.zeros(int(after * RATE), np.float32)])

    for i in range(count):
        said = phrasebook.sample(rng, "test")["en"]
        known_accent = HELD_OUT["en"][-1 - i % 4]
        clips.append(Clip("phrasebook, heard accent, unheard variant", padded(espeak(said, known_accent, rng)), said))
        said = phrasebook.sample(rng, "test")["en"]
        voice = HELD_OUT["en"][i % 4]
        clips.append(Clip("phrasebook, unheard accent and variant", padded(espeak(said, voice, rng)), said))
        said = phrasebook.sample(rng, "test")["en"]
        noisy = with_noise(padded(espeak(said, voice, rng)), rng.uniform(12, 30), numbers)
        clips.append(Clip("phrasebook, unheard accent and variant, noise 12 to 30 dB", noisy, said))
    for i in range(count // 3):
        sentences = [phrasebook.sample(rng, "test")["en"] for _ in range(2 + i % 5)]
        voice = HELD_OUT["en"][i % len(HELD_OUT["en"])]
        parts = [padded(espeak(said, voice, rng), 0.1, rng.uniform(0.1, 0.7)) for said in sentences]
        clips.append(Clip("two to six sentences in one file", np.concatenate(parts), " ".join(sentences)))
    for i in range(max(1, count // 20)):
        sentences = [phrasebook.sample(rng, "test")["en"] for _ in range(25)]
        voice = HELD_OUT["en"][i % len(HELD_OUT["en"])]
        parts = [padded(espeak(said, voice, rng), 0.1, rng.uniform(0.2, 1.2)) for said in sentences]
        clips.append(Clip("25 sentences in one file", np.concatenate(parts), " ".join(sentences)))
    for language in ("de", "zh"):
        templates = phrasebook.spoken(language)
        for i in range(count // 2):
            template = rng.choice(templates)
            side = "test" if template.splits else "train"
            said = phrasebook.sample_from(template, rng, side)[language]
            voice = HELD_OUT[language][i % len(HELD_OUT[language])]
            name = {"de": "German digits, numbers and greetings", "zh": "Mandarin digits, numbers and greetings"}[language]
            clips.append(Clip(name, padded(espeak(said, voice, rng)), said, language))
    vocabulary = sorted(set(Path(__file__).read_text().split()))
    outside = [word for word in map(lambda w: re.sub("[^a-z]", "", w), vocabulary) if len(word) > 4 and word not in phrasebook.english_words()]
    for i in range(count // 2):
        text = " ".join(rng.choice(outside) for _ in range(rng.randint(3, 8)))
        voice = (HELD_OUT["en"] + ["fr+f3", "es+m4", "ru+f3", "it+Andy"])[i % (len(HELD_OUT["en"]) + 4)]
        clips.append(Clip("espeak-ng outside the phrasebook", padded(espeak(text, voice, rng)), ""))
    for i in range(count // 4):
        clips.append(Clip("music", sounds.music(numbers, 6), ""))
        clips.append(Clip("noise", sounds.noise(numbers, 5), ""))
    clips.append(Clip("silence", np.zeros(3 * RATE, np.float32), ""))
    clips.append(Clip("silence", np.float32(1e-4) * numbers.standard_normal(4 * RATE).astype(np.float32), ""))
    if speech:
        for path in sorted((speech / "fsdd").glob("*.wav")):
            digit, speaker, _ = path.stem.split("_")
            unheard = speaker in HELD_OUT["fsdd_speakers"]
            group = "human digits, speaker never heard" if unheard else "human digits, speakers of the training"
            clips.append(Clip(group, decode(path), DIGITS[int(digit)]))
        clips.append(Clip("human digits, other recordings", decode(speech / "sr_english.wav"), "one two three"))
        vosk = "one zero zero zero one nine zero two one zero zero one eight zero three"
        clips.append(Clip("human digits, other recordings", decode(speech / "vosk_test.wav"), vosk))
        for path in human_other(speech)[1]:
            clips.append(Clip("human speech outside the phrasebook, never heard", decode(path), ""))
        for name in ("pisets_no_speech.wav", "speechbrain_noise2.wav"):
            clips.append(Clip("noise", decode(speech / name), ""))
    return clips


def write_wav(samples: np.ndarray, path: Path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def by_whisper_cli(program: Path, model: Path, clips: list[Clip], extra: list[str]) -> list[Heard]:
    """Default options plus language detection; one run of the program over all clips."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, clip in enumerate(clips):
            paths.append(Path(folder) / f"{i:04d}.wav")
            write_wav(clip.samples, paths[-1])
        for first in range(0, len(paths), 60):
            batch = [str(path) for path in paths[first : first + 60]]
            command = [str(program), "-m", str(model), "-l", "auto", "-t", "1", "-ojf", "-np", *extra, *batch]
            subprocess.run(command, check=True, capture_output=True)
        out = []
        for path in paths:
            result = json.loads(Path(f"{path}.json").read_bytes().decode(errors="replace"))
            segments = []
            for part in result["transcription"]:
                likely = [token["p"] for token in part["tokens"] if not token["text"].startswith("[_")]
                confidence = float(np.exp(np.mean(np.log(np.maximum(likely, 1e-9))))) if likely else 0.0
                segments.append((part["text"], confidence))
            text = "".join(part["text"] for part in result["transcription"])
            out.append(Heard(text, result["result"]["language"], segments))
        return out


def by_voicelingua(program: Path, model: str, clips: list[Clip]) -> list[Heard]:
    """As users of the product hear: windows, language detection and the model's own advice included."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, clip in enumerate(clips):
            paths.append(Path(folder) / f"{i:04d}.wav")
            write_wav(clip.samples, paths[-1])
        command = ["node", str(program), "transcribe", "--json", "--quiet", "--stt-model", model, "--store", f"{folder}/store.sqlite"]
        rows = []
        for first in range(0, len(paths), 60):
            done = subprocess.run([*command, *map(str, paths[first : first + 60])], check=True, capture_output=True, text=True)
            rows += [json.loads(line) for line in done.stdout.splitlines()]
        by_name = {row["input"]: row for row in rows if row["type"] == "transcript"}
        out = []
        for path in paths:
            row = by_name[str(path)]
            segments = [(segment["text"], segment["confidence"]) for segment in row["segments"]]
            out.append(Heard(row["text"], row["language"], segments))
        return out


def by_ctranslate2(model: Path, clips: list[Clip], cache: Path) -> list[Heard]:
    """Window by window as Whisper moves on: a pair of timestamps at the end says where the next window begins."""
    import ctranslate2

    whisper = ctranslate2.models.Whisper(str(model), device="cpu", intra_threads=2)
    filters, vocabulary, out = mel_filters(cache), Vocabulary(cache), []
    first_stamp = 50364
    for clip in clips:
        at, text, segments, language = 0, "", [], None
        while at < len(clip.samples) - RATE // 10:
            window = clip.samples[at : at + 30 * RATE]
            features = ctranslate2.StorageView.from_array(np.ascontiguousarray(whisper_log_mel(window, filters))[None])
            encoded = whisper.encode(features)
            language = language or whisper.detect_language(encoded)[0][0][0].strip("<|>")
            prompt = ["<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>"]
            result = whisper.generate(encoded, [prompt], beam_size=5, return_scores=True, return_no_speech_prob=True)[0]
            tokens = result.sequences_ids[0]
            text += vocabulary.decode([token for token in tokens if token < 50257])
            segments.append((text, float(np.exp(result.scores[0]))))
            handed_on = len(tokens) > 2 and tokens[-1] >= first_stamp and tokens[-2] >= first_stamp
            at += int((tokens[-1] - first_stamp) * 0.02 * RATE) if handed_on and tokens[-1] > first_stamp else 30 * RATE
        out.append(Heard(text, language or "", segments))
    return out


def report(clips: list[Clip], heard: list[Heard], show: bool) -> dict:
    rows: dict[str, dict] = {}
    for clip, result in zip(clips, heard):
        row = rows.setdefault(clip.group, dict(clips=0, exact=0, words=0, errors=0, language=0, empty=0, confident=0))
        row["clips"] += 1
        text = result.text.strip()
        for digit, word in DIGIT_FORMS.items():
            text = re.sub(rf"\b{digit}\b", word, text)
        reference, said = words(clip.said, clip.language), words(text, clip.language)
        wrong = errors(reference, said)
        row["words"] += len(reference)
        row["errors"] += wrong
        row["exact"] += wrong == 0
        row["language"] += result.language == clip.language
        row["empty"] += not said
        row["confident"] += any(text.strip() and confidence >= 0.6 for text, confidence in result.segments)
        if show and wrong:
            print(f"  [{clip.group}] {clip.said!r} -> {text!r} {result.language} {[round(c, 2) for _, c in result.segments]}")
    for name, row in rows.items():
        if row["words"]:
            right = 100 * (1 - row["errors"] / row["words"])
            line = f"exact {row['exact']} of {row['clips']}, words right {right:.1f} %, language right {row['language']} of {row['clips']}"
        else:
            line = f"nothing printed {row['empty']} of {row['clips']}, any text with confidence of 0.6 or more {row['confident']}"
        print(f"{name}: {line}")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ggml", type=Path)
    parser.add_argument("--whisper-cli", type=Path, help="whisper-cli of the pinned whisper.cpp")
    parser.add_argument("--voicelingua", type=Path, help="the launcher of a built VoiceLingua")
    parser.add_argument("--stt-model", default="demo-stt", help="what VoiceLingua calls the model")
    parser.add_argument("--ct2", type=Path)
    parser.add_argument("--speech", type=Path, help="folder with the human recordings")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--only", help="groups whose name holds this text")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    parser.add_argument("--engine-options", default="", help="further options of whisper-cli, as one string")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "voicelingua" / "demo-stt")
    options = parser.parse_args()
    clips = make_clips(options.speech, options.count, options.seed)
    clips = [clip for clip in clips if not options.only or options.only in clip.group]
    if options.ggml:
        heard = by_whisper_cli(options.whisper_cli, options.ggml, clips, options.engine_options.split())
        print(f"whisper-cli, {options.ggml.name}, {options.ggml.stat().st_size / 1e6:.1f} MB")
        report(clips, heard, options.show)
    if options.voicelingua:
        print(f"VoiceLingua, {options.stt_model}")
        report(clips, by_voicelingua(options.voicelingua, options.stt_model, clips), options.show)
    if options.ct2:
        print(f"CTranslate2, {options.ct2.name}")
        report(clips, by_ctranslate2(options.ct2, clips, options.cache), options.show)


if __name__ == "__main__":
    main()
