// C ABI of the Rust static library: audio decoding (symphonia, rubato), log-mel features, speech detection,
// SentencePiece and byte pairs.
//
// Every function that can fail returns a vlr_code and, when `error` is not NULL, fills it. Nothing unwinds into the
// caller, prints or ends the process. NULL for a required pointer is VLR_INVALID_ARGUMENT.
//
// Ownership: an opaque handle given through an `out` parameter belongs to the caller, who frees it with the function
// named at its type; on failure `*out` is NULL. Freeing NULL is a no-op. Memory passed in is only read during the call.
// Pointers returned from a handle belong to that handle and say how long they live.
//
// Threads: different handles are independent. One vlr_audio, vlr_mel or vlr_vad is used by one thread at a time, any
// thread. A vlr_spm, a vlr_bpe and a vlr_strings are immutable and may be shared.
#ifndef VOICELINGUA_RUST_H_
#define VOICELINGUA_RUST_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The names of NativeErrorCode in src/native/binding.ts, in that order, from 1. Append only.
typedef enum vlr_code {
  VLR_OK = 0,
  VLR_INVALID_ARGUMENT = 1,
  VLR_MODEL_NOT_FOUND = 2,
  VLR_MODEL_INVALID = 3,
  VLR_MODEL_UNSUPPORTED = 4,
  VLR_INPUT_NOT_FOUND = 5,
  VLR_INPUT_PERMISSION = 6,
  VLR_INPUT_IS_DIRECTORY = 7,
  VLR_INPUT_NOT_REGULAR = 8,
  VLR_INPUT_EMPTY = 9,
  VLR_INPUT_CORRUPT = 10,
  VLR_INPUT_TOO_LARGE = 11,
  VLR_INPUT_UNSUPPORTED_FORMAT = 12,
  VLR_INPUT_UNSUPPORTED_CODEC = 13,
  VLR_INPUT_NO_AUDIO = 14,
  VLR_INPUT_READ_FAILED = 15,
  VLR_OUT_OF_MEMORY = 16,
  VLR_DEVICE_UNAVAILABLE = 17,
  VLR_ENGINE_FAILED = 18,
  VLR_CANCELLED = 19,
  VLR_DEADLINE_EXCEEDED = 20,
  VLR_CLOSED = 21,
  VLR_INTERNAL = 22
} vlr_code;

enum { VLR_SAMPLE_RATE = 16000 };

// Owned by the caller. `message` is UTF-8, NUL-terminated, cut at a character when longer; empty after VLR_OK.
typedef struct vlr_error {
  int32_t code;
  char message[1020];
} vlr_error;

// A view of UTF-8 bytes; not NUL-terminated.
typedef struct vlr_text {
  const char* data;
  size_t size;
} vlr_text;

// Asked on the calling thread between packets (a few milliseconds of work). 0 goes on, VLR_DEADLINE_EXCEEDED ends the
// call with that code, anything else with VLR_CANCELLED. Must not throw. A NULL vlr_cancel* or `poll` never cancels.
typedef struct vlr_cancel {
  int32_t (*poll)(void* context);
  void* context;
} vlr_cancel;

// The version of "voicelingua-rust", "symphonia", "rubato", "sentencepiece", "ct2rs" (the crate that carries
// CTranslate2) or "onednn-src"; NULL for another name or a part that was not built in. Static storage.
const char* vlr_version(const char* name);

// ---- audio ----

// Freed with vlr_audio_close.
typedef struct vlr_audio vlr_audio;

typedef struct vlr_audio_options {
  // -1 mixes all channels to one as `ffmpeg -ac 1` does; otherwise the index of one channel, from 0. An index beyond
  // the file's channels is VLR_INVALID_ARGUMENT.
  int32_t channel;
} vlr_audio_options;

typedef struct vlr_audio_info {
  // Short lower-case names, NUL-terminated: "wav", "mp3", "mp4", "flac", "ogg", "matroska", "aiff", "caf", "adts" …
  // and "pcm_s16le", "mp3", "aac", "alac", "flac", "vorbis" …
  char container[32];
  char codec[32];
  // Of the file, before mixing and resampling.
  uint32_t sample_rate;
  uint32_t channels;
  // Seconds by the headers, NaN when they do not tell. For MPEG and ADTS streams without a length tag an estimate from
  // the bit rate; the count of samples read is exact.
  double duration;
} vlr_audio_info;

// Opens a regular file. `path` is UTF-8 (on Unix any bytes without NUL), not NUL-terminated. `options` NULL mixes.
vlr_code vlr_audio_open_file(const char* path, size_t path_size, const vlr_audio_options* options,
                             const vlr_cancel* cancel, vlr_audio** out, vlr_error* error);

// Opens an encoded file held in memory; the bytes are copied.
vlr_code vlr_audio_open_memory(const uint8_t* bytes, size_t size, const vlr_audio_options* options,
                               const vlr_cancel* cancel, vlr_audio** out, vlr_error* error);

vlr_code vlr_audio_get_info(const vlr_audio* audio, vlr_audio_info* out, vlr_error* error);

// Writes up to `capacity` samples, 16 kHz mono in about -1..1, finite. `*count` is less than `capacity` only at the end
// of the audio, and 0 once it is over. On failure the first `*count` samples are still valid; a failure is final, and
// later reads repeat it (a cancelled read may have lost its place).
// A damaged stretch is skipped and a truncated file ends early, each with a warning; VLR_INPUT_CORRUPT comes when
// nothing could be decoded or too much is damaged.
vlr_code vlr_audio_read(vlr_audio* audio, float* buffer, size_t capacity, const vlr_cancel* cancel, size_t* count,
                        vlr_error* error);

// Warnings so far (at most a few dozen; repeats are counted in the text, so a text may change with later reads).
size_t vlr_audio_warning_count(const vlr_audio* audio);
// UTF-8, not NUL-terminated; valid until the next vlr_audio_read or vlr_audio_close. {NULL, 0} beyond the count.
vlr_text vlr_audio_warning(const vlr_audio* audio, size_t index);

void vlr_audio_close(vlr_audio* audio);

// ---- lists of strings given out ----

// Freed with vlr_strings_free.
typedef struct vlr_strings vlr_strings;

size_t vlr_strings_count(const vlr_strings* strings);
// UTF-8, not NUL-terminated; valid until vlr_strings_free. {NULL, 0} beyond the count.
vlr_text vlr_strings_get(const vlr_strings* strings, size_t index);
void vlr_strings_free(vlr_strings* strings);

// ---- SentencePiece ----

// Freed with vlr_spm_free.
typedef struct vlr_spm vlr_spm;

// Loads a .model file; validated before the engine sees it. VLR_MODEL_NOT_FOUND, _INVALID, _UNSUPPORTED.
vlr_code vlr_spm_load(const char* path, size_t path_size, vlr_spm** out, vlr_error* error);

// The pieces of one text, best segmentation, without added control symbols. `text` may hold NUL; not UTF-8 is
// VLR_INVALID_ARGUMENT.
vlr_code vlr_spm_encode(const vlr_spm* spm, const char* text, size_t size, vlr_strings** out, vlr_error* error);

// The text of pieces, as a list of one string.
vlr_code vlr_spm_decode(const vlr_spm* spm, const vlr_text* pieces, size_t count, vlr_strings** out, vlr_error* error);

size_t vlr_spm_piece_count(const vlr_spm* spm);

void vlr_spm_free(vlr_spm* spm);

// ---- log-mel features ----

// Freed with vlr_mel_free.
typedef struct vlr_mel vlr_mel;

// Whisper's features of `bands` bands (80 or 128; any from 1 to 256).
vlr_code vlr_mel_create(size_t bands, vlr_mel** out, vlr_error* error);

// The features of `count` samples, 16 kHz mono, equal to faster-whisper's, where what is not finite counts as 0: row by
// row, `columns` values a band; one value for each whole 10 ms, then zeros. `columns` is from 1 to 6000 (3000 is
// Whisper's window); `out` has room for bands * columns values.
vlr_code vlr_mel_compute(vlr_mel* mel, const float* samples, size_t count, float* out, size_t columns,
                         vlr_error* error);

void vlr_mel_free(vlr_mel* mel);

// ---- speech detection ----

// Freed with vlr_vad_free.
typedef struct vlr_vad vlr_vad;

// Samples of a frame of vlr_vad_detect: 16 ms.
#define VLR_VAD_FRAME 256

vlr_code vlr_vad_create(vlr_vad** out, vlr_error* error);

// The probability of speech, 0..1, of each of `frames` (1 to 60,000) frames of 16 kHz mono, finite, in -1..1, which
// follow on those of earlier calls. `out` has room for `frames` values.
vlr_code vlr_vad_detect(vlr_vad* vad, const float* samples, size_t frames, float* out, vlr_error* error);

// Forgets the frames so far.
void vlr_vad_reset(vlr_vad* vad);

void vlr_vad_free(vlr_vad* vad);

// ---- byte pairs, as in Whisper's vocabularies ----

// Freed with vlr_bpe_free.
typedef struct vlr_bpe vlr_bpe;

// `tokens` are the bytes (not text) of the text tokens, in the order of their ids, which is the order of merges. Every
// single byte must be among them: VLR_MODEL_INVALID.
vlr_code vlr_bpe_create(const vlr_text* tokens, size_t count, vlr_bpe** out, vlr_error* error);

// The ids of a text, control tokens in it being plain text. `ids` has room for `size` ids. Not UTF-8 is
// VLR_INVALID_ARGUMENT.
vlr_code vlr_bpe_encode(const vlr_bpe* bpe, const char* text, size_t size, int32_t* ids, size_t* count,
                        vlr_error* error);

void vlr_bpe_free(vlr_bpe* bpe);

// ---- repetition ----

// Bytes of `data` as zlib writes it at its default level; 0 on failure.
size_t vlr_zlib_size(const char* data, size_t size);

#ifdef __cplusplus
}
#endif

#endif  // VOICELINGUA_RUST_H_
