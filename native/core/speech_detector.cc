#include "core/speech_detector.h"

#include <algorithm>
#include <cmath>

#include "core/embedded_detector.h"
#include "core/errors.h"
#include "core/silero_detector.h"

namespace voicelingua {
namespace {

// A cancel is seen after so many frames, some milliseconds of work.
constexpr size_t kFramesAtOnce = 64;

float Sound(float sample) { return std::isfinite(sample) ? std::min(std::max(sample, -1.0f), 1.0f) : 0.0f; }

}  // namespace

std::vector<float> SpeechDetector::Detect(const std::vector<float>& samples, const CancelFlag& cancel,
                                          const StopCheck& stop) {
  try {
    cancel.ThrowIfStopped();
    rest_.reserve(rest_.size() + samples.size());
    for (const float sample : samples) rest_.push_back(Sound(sample));
    return DetectWhole(cancel, stop);
  } catch (...) {
    // Some of the samples are in the engine's state by now, and some are not.
    Reset();
    throw;
  }
}

std::vector<float> SpeechDetector::DetectWhole(const CancelFlag& cancel, const StopCheck& stop) {
  const size_t frame = frame_samples();
  const size_t frames = rest_.size() / frame;
  std::vector<float> probabilities(frames);
  for (size_t done = 0; done < frames; done += kFramesAtOnce) {
    cancel.ThrowIfStopped();
    if (stop && stop()) throw Error(ErrorCode::kCancelled, "The caller stopped the detection.");
    const size_t count = std::min(kFramesAtOnce, frames - done);
    PredictChecked(rest_.data() + done * frame, count, probabilities.data() + done);
  }
  rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(frames * frame));
  return probabilities;
}

std::vector<float> SpeechDetector::Flush() {
  if (rest_.empty()) return {};
  std::vector<float> probability(1);
  try {
    rest_.resize(frame_samples(), 0.0f);
    PredictChecked(rest_.data(), 1, probability.data());
  } catch (...) {
    Reset();
    throw;
  }
  rest_.clear();
  return probability;
}

void SpeechDetector::PredictChecked(const float* samples, size_t frames, float* out) {
  Predict(samples, frames, out);
  // No threshold is below NaN: all speech would pass for silence.
  if (std::all_of(out, out + frames, [](float probability) { return probability >= 0 && probability <= 1; })) return;
  throw Error(ErrorCode::kEngineFailed,
              std::string("The speech detector (") + engine() +
                  ") gave no probability: its weights are damaged. Get its file again, or use the built-in detector.");
}

void SpeechDetector::Reset() {
  rest_.clear();
  ResetState();
}

std::unique_ptr<SpeechDetector> OpenSpeechDetector(const std::string& path) {
  if (path.empty()) return std::make_unique<EmbeddedDetector>();
  return OpenSileroDetector(path);
}

}  // namespace voicelingua
