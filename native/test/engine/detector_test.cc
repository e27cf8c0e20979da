// Tests of the speech detectors with their engines, whose computations can be made to fail: the linker leads
// whisper.cpp's to the function below (--wrap). Arguments: a file of Silero's shape. Ends with `N passed, N failed`.
#include <ggml-backend.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"
#include "core/log_sink.h"
#include "core/speech_detector.h"
#include "test/check.h"

namespace voicelingua::test {
namespace {

// Computations until one fails; none does below 0.
int g_until_failure = -1;
std::string g_silero;

}  // namespace
}  // namespace voicelingua::test

extern "C" {
ggml_status __wrap_ggml_backend_sched_graph_compute(ggml_backend_sched_t sched, ggml_cgraph* graph);
ggml_status __real_ggml_backend_sched_graph_compute(ggml_backend_sched_t sched, ggml_cgraph* graph);

ggml_status __wrap_ggml_backend_sched_graph_compute(ggml_backend_sched_t sched, ggml_cgraph* graph) {
  if (voicelingua::test::g_until_failure-- == 0) return GGML_STATUS_ALLOC_FAILED;
  return __real_ggml_backend_sched_graph_compute(sched, graph);
}
}

namespace voicelingua::test {
namespace {

// Two seconds: more frames than are computed between two looks at what stops a call, with either detector's frames.
std::vector<float> Sound() {
  std::vector<float> sound(40'000);
  for (size_t i = 0; i < sound.size(); ++i) {
    const float time = static_cast<float>(i);
    sound[i] = 0.3f * std::sin(0.05f * time) * std::sin(0.0003f * time);
  }
  return sound;
}

std::vector<float> HeardBy(SpeechDetector* detector) {
  return detector->Detect(Sound(), *FindCancelFlag(0), StopCheck());
}

std::vector<float> HeardAnew(const std::string& path) { return HeardBy(OpenSpeechDetector(path).get()); }

// A detector in the middle of a stream, with samples that fill no frame.
std::unique_ptr<SpeechDetector> Begun(const std::string& path) {
  std::unique_ptr<SpeechDetector> detector = OpenSpeechDetector(path);
  HeardBy(detector.get());
  detector->Detect(std::vector<float>(detector->frame_samples() / 2 + 1, 0.2f), *FindCancelFlag(0), StopCheck());
  return detector;
}

}  // namespace

TEST(AComputationThatFailsIsAnErrorAndEndsTheStream) {
  const std::vector<float> expected = HeardAnew(g_silero);
  const int last = static_cast<int>(expected.size()) - 1;
  for (const int failing : {0, 1, last / 2, last}) {
    const auto detector = Begun(g_silero);
    g_until_failure = failing;
    CHECK(CodeOf([&] { HeardBy(detector.get()); }) == ErrorCode::kEngineFailed);
    g_until_failure = -1;
    CHECK(HeardBy(detector.get()) == expected);
  }
  const auto detector = Begun(g_silero);
  g_until_failure = 0;
  CHECK(CodeOf([&] { detector->Flush(); }) == ErrorCode::kEngineFailed);
  g_until_failure = -1;
  CHECK(detector->Flush().empty());
  CHECK(HeardBy(detector.get()) == expected);
}

TEST(AStoppedCallEndsTheStream) {
  for (const std::string& path : {std::string(), g_silero}) {
    const std::vector<float> expected = HeardAnew(path);
    CHECK(HeardBy(Begun(path).get()) != expected);
    for (int asks = 0; asks < 2; ++asks) {
      const auto detector = Begun(path);
      int asked = 0;
      const StopCheck stop = [&] { return asked++ == asks; };
      CHECK(CodeOf([&] { detector->Detect(Sound(), *FindCancelFlag(0), stop); }) == ErrorCode::kCancelled);
      CHECK(asked == asks + 1);
      CHECK(HeardBy(detector.get()) == expected);
    }
    const auto detector = Begun(path);
    CancelFlag cancelled(0);
    cancelled.Cancel();
    CHECK(CodeOf([&] { detector->Detect(Sound(), cancelled, StopCheck()); }) == ErrorCode::kCancelled);
    CHECK(detector->Flush().empty());
    CHECK(HeardBy(detector.get()) == expected);
  }
}

TEST(ManyCallsLeaveTheLogAsItWas) {
  DrainLog();
  const auto detector = OpenSpeechDetector(g_silero);
  const auto has = [](const std::vector<LogEntry>& entries, const std::string& text) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const LogEntry& entry) { return entry.message.find(text) != std::string::npos; });
  };
  CHECK(has(DrainLog(), "model version"));
  Log(LogLevel::kInfo, "voicelingua", "told before");
  for (int call = 0; call < 600; ++call) {
    detector->Detect(std::vector<float>(detector->frame_samples()), *FindCancelFlag(0), StopCheck());
  }
  const std::vector<LogEntry> entries = DrainLog();
  CHECK(entries.size() == 1 && has(entries, "told before"));
  g_until_failure = 0;
  CHECK(CodeOf([&] { HeardBy(detector.get()); }) == ErrorCode::kEngineFailed);
  g_until_failure = -1;
  CHECK(has(DrainLog(), "failed to compute"));
}

}  // namespace voicelingua::test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::printf("usage: detector-tests SILERO_FILE\n");
    return 2;
  }
  voicelingua::test::g_silero = argv[1];
  return voicelingua::test::RunAll();
}
