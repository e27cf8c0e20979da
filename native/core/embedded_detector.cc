#include "core/embedded_detector.h"

#include "core/rust_calls.h"

namespace voicelingua {

EmbeddedDetector::EmbeddedDetector() {
  vlr_vad* vad = nullptr;
  vlr_error error{};
  CheckRust(vlr_vad_create(&vad, &error), error);
  vad_.reset(vad);
}

void EmbeddedDetector::Predict(const float* samples, size_t frames, float* out) {
  vlr_error error{};
  CheckRust(vlr_vad_detect(vad_.get(), samples, frames, out, &error), error);
}

}  // namespace voicelingua
