#ifndef VOICELINGUA_CORE_SILERO_DETECTOR_H_
#define VOICELINGUA_CORE_SILERO_DETECTOR_H_

#include <memory>
#include <string>

#include "core/speech_detector.h"

struct whisper_vad_context;

namespace voicelingua {

// Silero through whisper.cpp. Its recurrent state is kept from call to call.
class SileroDetector : public SpeechDetector {
 public:
  SileroDetector(whisper_vad_context* context, size_t window) : context_(context), window_(window) {}
  ~SileroDetector() override;
  SileroDetector(const SileroDetector&) = delete;
  SileroDetector& operator=(const SileroDetector&) = delete;

  const char* engine() const override { return "silero"; }
  size_t frame_samples() const override { return window_; }
  // whisper.cpp's and Silero's own.
  float default_threshold() const override { return 0.5f; }

 private:
  void Predict(const float* samples, size_t frames, float* out) override;
  void ResetState() override;

  whisper_vad_context* const context_;
  const size_t window_;
};

// Validates the file, then loads its weights.
std::unique_ptr<SpeechDetector> OpenSileroDetector(const std::string& path);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_SILERO_DETECTOR_H_
