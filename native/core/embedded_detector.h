#ifndef VOICELINGUA_CORE_EMBEDDED_DETECTOR_H_
#define VOICELINGUA_CORE_EMBEDDED_DETECTOR_H_

#include <voicelingua_rust.h>

#include <memory>

#include "core/speech_detector.h"

namespace voicelingua {

// The small network of the Rust crate `earshot`, whose weights are in the addon.
class EmbeddedDetector : public SpeechDetector {
 public:
  EmbeddedDetector();

  const char* engine() const override { return "embedded"; }
  size_t frame_samples() const override { return VLR_VAD_FRAME; }
  float default_threshold() const override { return 0.5f; }

 private:
  struct Free {
    void operator()(vlr_vad* vad) const { vlr_vad_free(vad); }
  };

  void Predict(const float* samples, size_t frames, float* out) override;
  void ResetState() override { vlr_vad_reset(vad_.get()); }

  std::unique_ptr<vlr_vad, Free> vad_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_EMBEDDED_DETECTOR_H_
