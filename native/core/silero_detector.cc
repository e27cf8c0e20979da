#include "core/silero_detector.h"

#include <whisper.h>

#include <algorithm>
#include <filesystem>

#include "core/errors.h"
#include "core/file_reader.h"
#include "core/ggml_file.h"
#include "core/ggml_loader.h"
#include "core/log_sink.h"

namespace voicelingua {

SileroDetector::~SileroDetector() { whisper_vad_free(context_); }

void SileroDetector::Predict(const float* samples, size_t frames, float* out) {
  // Four lines a call would push all else out of the log.
  const QuietLog log;
  const bool done = whisper_vad_detect_speech_no_reset(context_, samples, static_cast<int>(frames * window_));
  // A graph that fails ends the call with success, and with the probabilities of the call before: the log alone tells.
  if (!done || log.saw_error() || whisper_vad_n_probs(context_) < static_cast<int>(frames)) {
    throw Error(ErrorCode::kEngineFailed, "whisper.cpp could not detect speech; its log tells more (drainLog).");
  }
  const float* probabilities = whisper_vad_probs(context_);
  std::copy(probabilities, probabilities + frames, out);
}

void SileroDetector::ResetState() { whisper_vad_reset_state(context_); }

std::unique_ptr<SpeechDetector> OpenSileroDetector(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw Error(ErrorCode::kModelUnsupported,
                "Model " + path + " is a folder; a speech detector is Silero's ggml file.");
  }
  FileReader file(path);
  const ModelInspection inspection = InspectGgmlFile(file);
  if (inspection.format != ModelFormat::kSileroGgml) {
    throw Error(ErrorCode::kModelUnsupported,
                "Model " + path + " is no speech detector (" + ModelFormatName(inspection.format) +
                    "). Give Silero's weights as a ggml file, or none for the detector that is built in.");
  }
  CaptureEngineLogs();
  GgmlLoader loader(&file);
  whisper_vad_context_params params = whisper_vad_default_context_params();
  params.n_threads = 1;
  params.use_gpu = false;
  whisper_vad_context* context = whisper_vad_init_with_params(loader.get(), params);
  if (loader.failed()) {
    if (context != nullptr) whisper_vad_free(context);
    throw Error(ErrorCode::kModelInvalid, "Model file " + path + " changed or could not be read while it was loaded.");
  }
  if (context == nullptr) {
    throw Error(ErrorCode::kModelInvalid, "whisper.cpp could not load " + path + "; its log tells more (drainLog).");
  }
  auto detector = std::make_unique<SileroDetector>(context, static_cast<size_t>(inspection.dimensions.at("window")));
  // The engine leaves its state as it was allocated.
  detector->Reset();
  return detector;
}

}  // namespace voicelingua
