#ifndef VOICELINGUA_CORE_SPEECH_DETECTOR_H_
#define VOICELINGUA_CORE_SPEECH_DETECTOR_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"

namespace voicelingua {

// Tells speech in a stream of 16 kHz mono, frame by frame. One call at a time.
class SpeechDetector {
 public:
  virtual ~SpeechDetector() = default;

  // `silero` or `embedded`.
  virtual const char* engine() const = 0;
  // Samples of a frame.
  virtual size_t frame_samples() const = 0;
  // The probability from which on a frame is best taken for speech.
  virtual float default_threshold() const = 0;

  // The probability of speech, 0 to 1, of each frame that is whole with these samples; what fills no frame waits for
  // the next call, so that a stream gives the same in whatever pieces it comes. Values that are not finite count as 0.
  // Blocks. A call that fails or is stopped has lost its place: the next one begins a new stream.
  std::vector<float> Detect(const std::vector<float>& samples, const CancelFlag& cancel, const StopCheck& stop);

  // The probability of the frame that is begun, filled up with silence; empty when none is. Fails as Detect does.
  std::vector<float> Flush();

  // Forgets the stream so far.
  void Reset();

 protected:
  SpeechDetector() = default;

 private:
  // `out` has room for a value a frame.
  virtual void Predict(const float* samples, size_t frames, float* out) = 0;
  virtual void ResetState() = 0;
  std::vector<float> DetectWhole(const CancelFlag& cancel, const StopCheck& stop);
  void PredictChecked(const float* samples, size_t frames, float* out);

  std::vector<float> rest_;
};

// Silero's weights as a ggml file, or the detector that is built in for an empty path. Throws kModelNotFound,
// kModelInvalid or kModelUnsupported.
std::unique_ptr<SpeechDetector> OpenSpeechDetector(const std::string& path);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_SPEECH_DETECTOR_H_
