#ifndef VOICELINGUA_CORE_RECOGNIZER_H_
#define VOICELINGUA_CORE_RECOGNIZER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"
#include "core/model_registry.h"

namespace voicelingua {

// Defaults are whisper-cli's.
struct RecognizeOptions {
  // A Whisper code ("en"), or "auto".
  std::string language = "en";
  // Into English instead of transcribing.
  bool translate = false;
  int threads = 1;
  // 1 decodes greedily.
  int beam_size = 5;
  // Candidates at temperatures above 0.
  int best_of = 5;
  float temperature = 0.0f;
  // Added after a failed decoding until 1.0 is reached; 0 turns the fallback off.
  float temperature_increment = 0.2f;
  std::string initial_prompt;
  bool timestamps = true;
  bool word_timestamps = false;
  // Conditions each 30 s of a call on the text before it, as whisper-cli does; never on another call's.
  bool context = false;
};

struct Word {
  std::string text;
  double start;
  double end;
  float probability;
};

struct Segment {
  double start;
  double end;
  std::string text;
  float no_speech_probability;
  // Text tokens only.
  std::vector<int32_t> tokens;
  std::vector<float> probabilities;
  std::vector<Word> words;
};

struct Recognition {
  std::vector<Segment> segments;
  // Control and timestamp tokens included.
  std::vector<int32_t> tokens;
};

struct LanguageProbability {
  std::string language;
  float probability;
};

// Called on the calling thread with 0 to 1; false stops the recognition.
using ProgressCallback = std::function<bool(double)>;

// A lane's scratch memory on shared weights. One call at a time.
class Recognizer {
 public:
  virtual ~Recognizer() = default;

  // `samples` are 16 kHz mono; values that are not finite count as 0. Blocks. Equal input gives equal output whatever
  // was recognized before.
  virtual Recognition Recognize(std::vector<float> samples, const RecognizeOptions& options, const CancelFlag& cancel,
                                const ProgressCallback& progress, const StopCheck& stop) = 0;

  // From the first 30 s, best first. Blocks.
  virtual std::vector<LanguageProbability> DetectLanguage(std::vector<float> samples, int threads,
                                                          const CancelFlag& cancel, const StopCheck& stop) = 0;
};

// Throws kModelUnsupported when the model is no speech recognizer.
std::unique_ptr<Recognizer> OpenRecognizer(const std::shared_ptr<LoadedModel>& model);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_RECOGNIZER_H_
