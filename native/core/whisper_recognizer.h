#ifndef VOICELINGUA_CORE_WHISPER_RECOGNIZER_H_
#define VOICELINGUA_CORE_WHISPER_RECOGNIZER_H_

#include <memory>
#include <vector>

#include "core/recognizer.h"
#include "core/whisper_model.h"

struct whisper_state;

namespace voicelingua {

class WhisperRecognizer : public Recognizer {
 public:
  explicit WhisperRecognizer(std::shared_ptr<WhisperModel> model);
  ~WhisperRecognizer() override;

  std::vector<Recognition> Recognize(std::vector<RecognizeWindow> windows, const RecognizeOptions& options,
                                     const CancelFlag& cancel, const ProgressCallback& progress,
                                     const StopCheck& stop) override;
  std::vector<std::vector<LanguageProbability>> DetectLanguage(std::vector<SharedSound> windows, int threads,
                                                               const CancelFlag& cancel,
                                                               const StopCheck& stop) override;
  std::vector<Alignment> Align(std::vector<AlignWindow> windows, int threads, const CancelFlag& cancel,
                               const StopCheck& stop) override;

 private:
  whisper_context* context() const { return model_->context(); }
  bool multilingual() const { return model_->inspection().multilingual; }

  void DropState();
  // whisper.cpp samples with random generators that live in the state; only a new one starts them over.
  void RenewState();
  Recognition RecognizeOne(RecognizeWindow window, const RecognizeOptions& options, const CancelFlag& cancel,
                           const ProgressCallback& progress, const StopCheck& stop);
  std::vector<LanguageProbability> DetectOne(const Sound& sound, int threads, const CancelFlag& cancel,
                                             const StopCheck& stop);
  std::string ResolveLanguage(const std::string& language, const Samples& samples, const RecognizeOptions& options,
                              const CancelFlag& cancel);
  std::vector<LanguageProbability> Detect(const Samples& samples, int threads, const CancelFlag& cancel);
  Recognition Collect(const RecognizeOptions& options, std::string language) const;

  const std::shared_ptr<WhisperModel> model_;
  whisper_state* state_ = nullptr;
  bool state_used_ = false;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WHISPER_RECOGNIZER_H_
