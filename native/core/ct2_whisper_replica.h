#ifndef VOICELINGUA_CORE_CT2_WHISPER_REPLICA_H_
#define VOICELINGUA_CORE_CT2_WHISPER_REPLICA_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/ct2_whisper_model.h"
#include "core/recognizer.h"
#include "core/word_alignment.h"

namespace voicelingua {

// Frames of 10 ms in Whisper's window.
inline constexpr size_t kWhisperFrames = 3000;

// Log-mel features of one window: rows of `width` values, one a band.
struct Features {
  std::vector<float> values;
  size_t width = kWhisperFrames;
};

// The encoder's output for some windows, in the device's memory.
class EncodedWindows;

struct Decoding {
  // Without the prompt and the end of text.
  std::vector<int32_t> tokens;
  float no_speech_probability = 0;
  float average_logprob = 0;
  float compression_ratio = 0;
  float temperature = 0;
  bool failed = false;
};

// A lane's share of CTranslate2: what the engine computes, in the terms of this project. One call at a time.
class Ct2WhisperReplica {
 public:
  explicit Ct2WhisperReplica(const Ct2WhisperModel& model);
  ~Ct2WhisperReplica();

  // `features_of` gives those of a window when it is its turn, all of one width. `check` is called between windows and
  // throws to stop.
  std::shared_ptr<const EncodedWindows> Encode(size_t windows, const std::function<Features(size_t)>& features_of,
                                               const std::function<void()>& check);

  std::vector<std::vector<LanguageProbability>> DetectLanguage(const EncodedWindows& encoded);

  // One search for the windows `rows` of `encoded`. `prompts` all have the same length and begin with the same number
  // of tokens before the start of transcript. At temperature 0 beams of options.beam_size, above it the best of
  // options.best_of samples that options.seed leads to.
  std::vector<Decoding> Decode(const EncodedWindows& encoded, const std::vector<size_t>& rows,
                               const std::vector<std::vector<int32_t>>& prompts, const RecognizeOptions& options,
                               float temperature);

  // The texts `texts` against the windows `rows`, of which `frames` hold sound.
  std::vector<TokenAlignment> Align(const EncodedWindows& encoded, const std::vector<size_t>& rows,
                                    const std::vector<int32_t>& start, const std::vector<std::vector<int32_t>>& texts,
                                    const std::vector<size_t>& frames);

 private:
  struct Engine;

  const Ct2WhisperModel& model_;
  const std::unique_ptr<Engine> engine_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_WHISPER_REPLICA_H_
