#ifndef VOICELINGUA_CORE_COMPUTE_STOP_H_
#define VOICELINGUA_CORE_COMPUTE_STOP_H_

#include <functional>

namespace voicelingua {

// While it lives, what ggml computes on the CPU for this thread stops within one operation once `stop` says so.
// whisper.cpp asks its own abort callback only between whole passes: with a large model one takes many seconds.
class ComputeStop {
 public:
  explicit ComputeStop(std::function<bool()> stop);
  ~ComputeStop();
  ComputeStop(const ComputeStop&) = delete;
  ComputeStop& operator=(const ComputeStop&) = delete;

 private:
  const std::function<bool()> stop_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_COMPUTE_STOP_H_
