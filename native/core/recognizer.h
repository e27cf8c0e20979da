#ifndef VOICELINGUA_CORE_RECOGNIZER_H_
#define VOICELINGUA_CORE_RECOGNIZER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"
#include "core/model_registry.h"
#include "core/sample_store.h"

namespace voicelingua {

// Defaults are whisper-cli's, and faster-whisper's where only CTranslate2 has the option.
struct RecognizeOptions {
  // Into English instead of transcribing.
  bool translate = false;
  int threads = 1;
  // 1 decodes greedily.
  int beam_size = 5;
  // Candidates at temperatures above 0.
  int best_of = 5;
  // The search ends when beam_size * patience hypotheses are finished. CTranslate2 only.
  float patience = 1.0f;
  // Exponent of the length in the score of a beam. Negative is the engine's own: 1 in CTranslate2, the mean
  // log-probability in whisper.cpp.
  float length_penalty = -1.0f;
  // Above 1 makes earlier tokens less likely. CTranslate2 only.
  float repetition_penalty = 1.0f;
  // N-grams of this size come once; 0 allows all. CTranslate2 only.
  int no_repeat_ngram_size = 0;
  float temperature = 0.0f;
  // Added after a failed decoding until 1.0 is reached; 0 turns the fallback off.
  float temperature_increment = 0.2f;
  // A decoding fails above it; whisper.cpp takes it as the entropy below which one fails.
  float compression_ratio_threshold = 2.4f;
  // A decoding fails when its mean log-probability is below.
  float logprob_threshold = -1.0f;
  // A window whose decoding is below logprob_threshold is silence above this probability of no speech.
  float no_speech_threshold = 0.6f;
  // Ids never to print; -1 is the model's own list (whisper.cpp: its non-speech tokens). Absent is the engine's own
  // default: the model's list in CTranslate2, none in whisper.cpp.
  std::optional<std::vector<int32_t>> suppress_tokens;
  // Of sampling at temperatures above 0. CTranslate2 only: whisper.cpp's generators have fixed seeds.
  uint32_t seed = 0;
  bool timestamps = true;
  bool word_timestamps = false;
  // Conditions each 30 s of a window on the text before it, as whisper-cli does; never on another window's.
  // whisper.cpp only: CTranslate2's windows have at most 30 s.
  bool context = false;
  // Positions of 20 ms that the encoder works out, 1500 for 30 s; 0 is all. Fewer cost less, and a model that was
  // trained on 30 s may then repeat or miss words. Never fewer than the sound of a window has; a longer one is heard
  // whole.
  int audio_context = 0;
};

struct RecognizeWindow {
  SharedSound samples;
  // A Whisper code ("en"), or "auto".
  std::string language = "en";
  std::string initial_prompt;
  // Words to expect, put before the prompt.
  std::string hotwords;
};

struct AlignWindow {
  SharedSound samples;
  std::string language;
  // What is said in it.
  std::string text;
};

struct Word {
  std::string text;
  double start;
  double end;
  float probability;
  // Of the segment's text tokens.
  size_t tokens = 0;
};

struct Segment {
  double start;
  double end;
  std::string text;
  float no_speech_probability;
  float average_logprob;
  // Bytes of the text by bytes of its zlib form.
  float compression_ratio;
  // NaN where the engine does not tell (whisper.cpp).
  float temperature;
  // Text tokens only.
  std::vector<int32_t> tokens;
  // One a token, or none where the engine gives them with word times only (CTranslate2).
  std::vector<float> probabilities;
  // Monotone, inside the segment, each valid UTF-8.
  std::vector<Word> words;
};

// Of one window. A window of silence has no segments.
struct Recognition {
  std::vector<Segment> segments;
  // Control and timestamp tokens included.
  std::vector<int32_t> tokens;
  // The one given, or the one detected for "auto".
  std::string language;
  // NaN where the engine does not tell (whisper.cpp, for a window without segments).
  float no_speech_probability = 1.0f;
  float average_logprob = 0.0f;
  float compression_ratio = 0.0f;
  float temperature = 0.0f;
  // The thresholds are not met, whatever temperature was tried.
  bool failed = false;
};

struct Alignment {
  std::vector<Word> words;
  // Mean over the tokens of the text.
  float average_logprob = 0.0f;
};

struct LanguageProbability {
  std::string language;
  float probability;
};

// Called on the calling thread with 0 to 1; false stops the recognition.
using ProgressCallback = std::function<bool(double)>;

// A lane's scratch memory on shared weights. One call at a time. Every call blocks, and answers in the order of its
// windows. Equal input gives equal output, whatever was recognized before; a batch gives what its windows give alone,
// but for the last digits of sums that CTranslate2 adds in another order.
class Recognizer {
 public:
  virtual ~Recognizer() = default;

  virtual std::vector<Recognition> Recognize(std::vector<RecognizeWindow> windows, const RecognizeOptions& options,
                                             const CancelFlag& cancel, const ProgressCallback& progress,
                                             const StopCheck& stop) = 0;

  // From the first 30 s of each window, best first.
  virtual std::vector<std::vector<LanguageProbability>> DetectLanguage(std::vector<SharedSound> windows, int threads,
                                                                       const CancelFlag& cancel,
                                                                       const StopCheck& stop) = 0;

  // Finds the words of given texts. Throws kModelUnsupported where the engine cannot.
  virtual std::vector<Alignment> Align(std::vector<AlignWindow> windows, int threads, const CancelFlag& cancel,
                                       const StopCheck& stop) = 0;
};

// Throws kModelUnsupported when the model is no speech recognizer.
std::unique_ptr<Recognizer> OpenRecognizer(const std::shared_ptr<LoadedModel>& model);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_RECOGNIZER_H_
