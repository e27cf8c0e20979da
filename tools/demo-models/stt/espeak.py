"""espeak-ng through its library: a clip in milliseconds, with the time of every phoneme."""

import ctypes
import ctypes.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_SYNCHRONOUS = 2
_PHONEME_EVENTS = 1
_PHONEME_IPA = 2
_EVENT_END = 0
_EVENT_PHONEME = 7
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7
_UTF8 = 1


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    ]


@dataclass
class Speech:
    """Samples in -1..1 and `(seconds, IPA)` of each phoneme's start."""

    samples: np.ndarray
    rate: int
    phonemes: list


class Espeak:
    """One engine per process; the library keeps global state. `data` is the folder that holds `espeak-ng-data`."""

    def __init__(self, data: Path | None = None):
        self._library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
        path = None if data is None else str(data).encode()
        self.rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, path, _PHONEME_EVENTS | _PHONEME_IPA)
        if self.rate <= 0:
            raise RuntimeError("espeak-ng did not start: is espeak-ng-data installed?")
        callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
        self._callback = callback(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)
        self._parts: list[np.ndarray] = []
        self._phonemes: list = []

    def _receive(self, wave, count, events):
        if wave and count > 0:
            self._parts.append(np.ctypeslib.as_array(wave, (count,)).copy())
        i = 0
        while events[i].type != _EVENT_END:
            if events[i].type == _EVENT_PHONEME:
                self._phonemes.append((events[i].audio_position / 1000, events[i].id.decode(errors="ignore")))
            i += 1
        return 0

    def data_folder(self) -> Path:
        """Where the voices lie."""
        path = ctypes.c_char_p()
        self._library.espeak_Info.restype = ctypes.c_char_p
        self._library.espeak_Info(ctypes.byref(path))
        return Path(path.value.decode())

    def speak(self, text: str, voice: str, rate=175, pitch=50, pitch_range=50, word_gap=0) -> Speech:
        """Says `text` with a voice such as "gmw/en-US+f2"; `rate` in words a minute, `word_gap` in 10 ms."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_RANGE, pitch_range), (_WORD_GAP, word_gap)):
            self._library.espeak_SetParameter(parameter, int(value), 0)
        self._parts, self._phonemes = [], []
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
        samples = np.concatenate(self._parts) if self._parts else np.zeros(0, np.int16)
        return Speech(samples.astype(np.float32) / 32768, self.rate, self._phonemes)
