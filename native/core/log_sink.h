#ifndef VOICELINGUA_CORE_LOG_SINK_H_
#define VOICELINGUA_CORE_LOG_SINK_H_

#include <string>
#include <vector>

namespace voicelingua {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct LogEntry {
  LogLevel level;
  const char* source;  // Static storage: "whisper", "ggml", "ctranslate2", "rust", "voicelingua".
  std::string message;
};

const char* LogLevelName(LogLevel level);

// Appends to the process-wide ring; the oldest entry falls out when it is full. Never throws, never prints.
void Log(LogLevel level, const char* source, const char* message) noexcept;

// Takes all entries, oldest first.
std::vector<LogEntry> DrainLog();

// Turns the engines' own printing into entries of the ring, or off. Once per process; later calls do nothing.
void CaptureEngineLogs();

// While it lives, what the engines tell on this thread below a warning is dropped: for calls that come many times a
// second. One at a time on a thread.
class QuietLog {
 public:
  QuietLog();
  ~QuietLog();
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

  // Whether an engine has told of an error on this thread since.
  bool saw_error() const;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_LOG_SINK_H_
