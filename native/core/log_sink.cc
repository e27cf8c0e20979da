#include "core/log_sink.h"

#include <ctranslate2/logging.h>
#include <ggml.h>
#include <whisper.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <mutex>

#include "core/crash_report.h"

namespace voicelingua {
namespace {

constexpr size_t kMaxEntries = 512;
constexpr size_t kMaxMessage = 2048;

struct Ring {
  std::mutex mutex;
  std::deque<LogEntry> entries;
};

// Never destroyed: engines may log while the process exits.
Ring& GlobalRing() {
  static Ring* const ring = new Ring;
  return *ring;
}

thread_local bool t_quiet = false;
thread_local bool t_saw_error = false;

LogLevel FromGgml(ggml_log_level level) {
  switch (level) {
    case GGML_LOG_LEVEL_ERROR:
      return LogLevel::kError;
    case GGML_LOG_LEVEL_WARN:
      return LogLevel::kWarn;
    case GGML_LOG_LEVEL_INFO:
      return LogLevel::kInfo;
    default:
      return LogLevel::kDebug;
  }
}

void OnGgmlLog(ggml_log_level level, const char* text, void*) {
  if (level == GGML_LOG_LEVEL_ERROR) t_saw_error = true;
  if (t_quiet && (level == GGML_LOG_LEVEL_INFO || level == GGML_LOG_LEVEL_DEBUG)) return;
  const bool whisper = std::strncmp(text, "whisper_", 8) == 0;
  Log(FromGgml(level), whisper ? "whisper" : "ggml", text);
}

// ggml aborts right after this; without the callback it would print and start a debugger for a backtrace.
// A process whose crashes are reported takes its log with it; its parent keeps what it wrote to stderr.
void OnGgmlAbort(const char* message) {
  Log(LogLevel::kError, "ggml", message);
  if (CrashesAreReported()) std::fprintf(stderr, "ggml: %s\n", message);
}

}  // namespace

const char* LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

void Log(LogLevel level, const char* source, const char* message) noexcept {
  try {
    std::string text(message, strnlen(message, kMaxMessage));
    const size_t first = text.find_first_not_of(" \n\r\t");
    if (first == std::string::npos) return;
    text = text.substr(first, text.find_last_not_of(" \n\r\t") - first + 1);
    Ring& ring = GlobalRing();
    const std::lock_guard<std::mutex> lock(ring.mutex);
    if (ring.entries.size() == kMaxEntries) ring.entries.pop_front();
    ring.entries.push_back({level, source, std::move(text)});
  } catch (...) {
    // A log line is not worth a failure.
  }
}

std::vector<LogEntry> DrainLog() {
  Ring& ring = GlobalRing();
  const std::lock_guard<std::mutex> lock(ring.mutex);
  std::vector<LogEntry> entries(std::make_move_iterator(ring.entries.begin()),
                                std::make_move_iterator(ring.entries.end()));
  ring.entries.clear();
  return entries;
}

QuietLog::QuietLog() {
  t_quiet = true;
  t_saw_error = false;
}

QuietLog::~QuietLog() { t_quiet = false; }

bool QuietLog::saw_error() const { return t_saw_error; }

void CaptureEngineLogs() {
  static std::once_flag once;
  std::call_once(once, [] {
    whisper_log_set(OnGgmlLog, nullptr);
    ggml_set_abort_callback(OnGgmlAbort);
    // Its logger writes to stderr and takes no other sink through the public headers.
    ctranslate2::set_log_level(ctranslate2::LogLevel::Off);
  });
}

}  // namespace voicelingua
