#include "core/compute_stop.h"

#include <ggml-backend.h>
#include <ggml-cpu.h>

#include <utility>

namespace voicelingua {
namespace {

thread_local const std::function<bool()>* t_stop = nullptr;

}  // namespace

ComputeStop::ComputeStop(std::function<bool()> stop) : stop_(std::move(stop)) { t_stop = &stop_; }

ComputeStop::~ComputeStop() { t_stop = nullptr; }

}  // namespace voicelingua

#ifdef VOICELINGUA_WRAPS_COMPUTE

// The linker puts the first of these in the place of ggml's function, wherever whisper.cpp calls it (--wrap).
extern "C" {
ggml_status __wrap_ggml_backend_sched_graph_compute(ggml_backend_sched_t sched, ggml_cgraph* graph);
ggml_status __real_ggml_backend_sched_graph_compute(ggml_backend_sched_t sched, ggml_cgraph* graph);
}

namespace {

bool Ask(void* stop) { return (*static_cast<const std::function<bool()>*>(stop))(); }

void SetAbort(ggml_backend_sched_t sched, ggml_abort_callback callback, const void* data) {
  for (int i = 0; i < ggml_backend_sched_get_n_backends(sched); ++i) {
    ggml_backend_t backend = ggml_backend_sched_get_backend(sched, i);
    if (ggml_backend_is_cpu(backend)) ggml_backend_cpu_set_abort_callback(backend, callback, const_cast<void*>(data));
  }
}

}  // namespace

ggml_status __wrap_ggml_backend_sched_graph_compute(ggml_backend_sched_t sched, ggml_cgraph* graph) {
  const auto* stop = voicelingua::t_stop;
  if (stop == nullptr) return __real_ggml_backend_sched_graph_compute(sched, graph);
  SetAbort(sched, Ask, stop);
  const ggml_status status = __real_ggml_backend_sched_graph_compute(sched, graph);
  SetAbort(sched, nullptr, nullptr);
  return status;
}

#endif
