#ifndef VOICELINGUA_CORE_CT2_WHISPER_WORK_H_
#define VOICELINGUA_CORE_CT2_WHISPER_WORK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"
#include "core/ct2_whisper_replica.h"
#include "core/errors.h"
#include "core/recognizer.h"
#include "core/whisper_spans.h"

namespace voicelingua {

inline constexpr double kFramesPerSecond = 100;

// One window on its way through the rounds.
struct WindowWork {
  std::string language;
  std::vector<int32_t> hotwords;
  std::vector<int32_t> previous;
  SharedSound sound;
  // Those that hold sound.
  size_t frames = 0;
  size_t decoded = 0;  // Frames.
  double last_speech = 0;
  // Tokens that the mean log-probability so far is over.
  size_t counted = 0;
  Recognition recognition{};
};

// What is decoded of one window in one round.
struct RowWork {
  size_t window;
  size_t start;  // Frames.
  size_t frames;
  std::vector<int32_t> prompt{};
  Decoding decoding{};
  bool silent = false;
  TokenSpans spans{};
  // The spans as segments, whose tokens are text; words once they are aligned.
  std::vector<Segment> segments{};
  bool aligned = false;
};

// Who may stop a call, and who is told how far it is.
class EngineCall {
 public:
  EngineCall(const CancelFlag& cancel, const StopCheck& stop, const ProgressCallback& progress)
      : cancel_(cancel), stop_(stop), progress_(progress) {}

  void Check() const {
    cancel_.ThrowIfStopped();
    if (stop_ && stop_()) throw Error(ErrorCode::kCancelled, "The caller stopped the recognition.");
  }

  // Never back.
  void Report(double fraction) {
    if (!progress_ || fraction <= reported_) return;
    reported_ = fraction;
    if (!progress_(fraction)) throw Error(ErrorCode::kCancelled, "The caller stopped the recognition.");
  }

 private:
  const CancelFlag& cancel_;
  const StopCheck& stop_;
  const ProgressCallback& progress_;
  double reported_ = -1;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_WHISPER_WORK_H_
