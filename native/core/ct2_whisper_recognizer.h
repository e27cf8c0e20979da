#ifndef VOICELINGUA_CORE_CT2_WHISPER_RECOGNIZER_H_
#define VOICELINGUA_CORE_CT2_WHISPER_RECOGNIZER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/ct2_whisper_replica.h"
#include "core/recognizer.h"

struct vlr_mel;

namespace voicelingua {

struct WindowWork;
struct RowWork;
class EngineCall;

// Whisper in CTranslate2: the windows of a call are one batch, at most 30 s each. Decoding follows faster-whisper: what
// a search leaves undecoded (it ended in two timestamps) is decoded in a further round, as in its `transcribe`.
//
// The engine offers no callback in Whisper's searches: a cancel or deadline is seen before each window is encoded and
// before each search, so it waits for one search of the batch at most. In a batch, matrix products are summed in
// another order than alone: probabilities may differ in the last digits, and a text where two are equal to that point.
class Ct2WhisperRecognizer : public Recognizer {
 public:
  explicit Ct2WhisperRecognizer(std::shared_ptr<Ct2WhisperModel> model);
  ~Ct2WhisperRecognizer() override;

  std::vector<Recognition> Recognize(std::vector<RecognizeWindow> windows, const RecognizeOptions& options,
                                     const CancelFlag& cancel, const ProgressCallback& progress,
                                     const StopCheck& stop) override;
  std::vector<std::vector<LanguageProbability>> DetectLanguage(std::vector<SharedSound> windows, int threads,
                                                               const CancelFlag& cancel,
                                                               const StopCheck& stop) override;
  std::vector<Alignment> Align(std::vector<AlignWindow> windows, int threads, const CancelFlag& cancel,
                               const StopCheck& stop) override;

 private:
  // Frames that hold sound; throws kInvalidArgument for more than 30 s.
  static size_t FramesOf(const Sound& sound);
  // Of the first 30 s.
  Features FeaturesOf(const Sound& sound);
  // The features of what is not decoded yet, silence after it.
  Features RestOf(const WindowWork& window, size_t width);
  WindowWork Prepare(RecognizeWindow given, const RecognizeOptions& options);
  // The control tokens that a transcript in `language` starts with.
  std::vector<int32_t> StartOf(const std::string& language, bool translate) const;
  // Throws kInvalidArgument for a language that the model does not know; "auto" passes.
  void CheckLanguage(const std::string& language, bool translate) const;
  std::vector<int32_t> PromptOf(const WindowWork& window, const RecognizeOptions& options) const;
  void DetectLanguages(const EncodedWindows& encoded, const std::vector<RowWork>& rows,
                       std::vector<WindowWork>* windows);
  // Decodes what the rows have left, each with its temperature fallback.
  void DecodeRows(const EncodedWindows& encoded, const std::vector<WindowWork>& windows,
                  const RecognizeOptions& options, const EngineCall& call, std::vector<RowWork>* rows);
  Decoding FallBack(const EncodedWindows& encoded, size_t row, const std::vector<int32_t>& prompt, Decoding first,
                    const RecognizeOptions& options, const EngineCall& call);
  void AlignRows(const EncodedWindows& encoded, const std::vector<WindowWork>& windows, bool translate,
                 std::vector<RowWork>* rows);
  void Collect(const RecognizeOptions& options, RowWork* row, WindowWork* window) const;

  const std::shared_ptr<Ct2WhisperModel> model_;
  Ct2WhisperReplica replica_;
  std::unique_ptr<vlr_mel, void (*)(vlr_mel*)> mel_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_WHISPER_RECOGNIZER_H_
