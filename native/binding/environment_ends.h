#ifndef VOICELINGUA_BINDING_ENVIRONMENT_ENDS_H_
#define VOICELINGUA_BINDING_ENVIRONMENT_ENDS_H_

#include <napi.h>

#include <chrono>
#include <thread>

namespace voicelingua::binding {

// Whether the calling thread's environment is being torn down: `worker.terminate` and `process.exit` wait for native
// code to come back, and nothing else tells it.
class EnvironmentEnds {
 public:
  explicit EnvironmentEnds(napi_env env) : env_(env), thread_(std::this_thread::get_id()) {}

  bool operator()() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_ || std::this_thread::get_id() != thread_) return false;
    next_ = now + kInterval;
    napi_handle_scope scope;
    if (napi_open_handle_scope(env_, &scope) != napi_ok) return true;
    napi_value value;
    bool same = false;
    // Fails as all calls do that may run JavaScript; comparing is the cheapest of them.
    const bool usable =
        napi_get_undefined(env_, &value) == napi_ok && napi_strict_equals(env_, value, value, &same) == napi_ok;
    napi_close_handle_scope(env_, scope);
    return !usable;
  }

 private:
  static constexpr std::chrono::milliseconds kInterval{20};

  napi_env env_;
  std::thread::id thread_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace voicelingua::binding

#endif  // VOICELINGUA_BINDING_ENVIRONMENT_ENDS_H_
