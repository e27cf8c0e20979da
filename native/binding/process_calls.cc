#include <stdlib.h>

#include "binding/arguments.h"
#include "binding/calls.h"
#include "binding/environment.h"
#include "binding/handles.h"
#include "binding/results.h"
#include "core/build_info.h"
#include "core/cancel_tokens.h"
#include "core/crash_report.h"
#include "core/ct2_allocator.h"
#include "core/fault.h"
#include "core/log_sink.h"
#include "core/model_registry.h"
#include "core/parent_process.h"
#include "core/sample_store.h"
#include "kernels/amx.h"
#include "kernels/engine_attention.h"
#include "kernels/kernel_check.h"
#include "kernels/skinny_gemm.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace voicelingua::binding {
namespace {

// About eleven days.
constexpr double kMaxDeadlineMs = 1e9;
constexpr int64_t kMaxCall = (int64_t{1} << 53) - 1;
constexpr int64_t kMaxDescriptor = 1 << 20;
constexpr int64_t kMaxProcess = int64_t{1} << 31;
constexpr double kMaxFault = 1e12;
constexpr int64_t kMaxSeed = (int64_t{1} << 32) - 1;
constexpr int64_t kMaxRounds = 100000;

Napi::Array ModelsInMemory(Napi::Env env) {
  Napi::Array models = Napi::Array::New(env);
  for (const ModelUse& use : LoadedModels()) {
    Napi::Object model = Napi::Object::New(env);
    model.Set("path", use.path);
    model.Set("format", ModelFormatName(use.format));
    model.Set("references", use.references);
    model.Set("bytes", static_cast<double>(use.bytes));
    models.Set(models.Length(), model);
  }
  return models;
}

}  // namespace

Napi::Value Initialize(const Napi::CallbackInfo& info) {
  if (!info[0].IsFunction()) throw Error(ErrorCode::kInvalidArgument, "errorClass must be a class.");
  Environment::Of(info.Env()).SetErrorClass(info[0].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value Describe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Object versions = Napi::Object::New(env);
  for (const auto& [name, version] : ComponentVersions()) versions.Set(name, version);
  Napi::Object handles = Napi::Object::New(env);
  const auto counts = HandleCounts();
  for (size_t i = 0; i < kHandleKinds; ++i) handles.Set(HandleKindName(static_cast<HandleKind>(i)), counts[i]);
  handles.Set("token", static_cast<double>(CancelTokenCount()));
  handles.Set("samples", static_cast<double>(KeptSamples()));
  Napi::Object memory = Napi::Object::New(env);
  const BlockCache::Use use = Ct2MemoryUse();
  memory.Set("used", static_cast<double>(use.used));
  memory.Set("kept", static_cast<double>(use.kept));

  Napi::Object description = Napi::Object::New(env);
  description.Set("versions", versions);
  description.Set("compiler", CompilerName());
  description.Set("device", IsCudaBuild() ? "cuda" : "cpu");
  description.Set("cudaDevices", CudaDeviceCount());
  description.Set("cpuFeatures", CpuFeatures());
  description.Set("computeTypes", ToArray(env, ComputeTypes(IsCudaBuild() ? Device::kCuda : Device::kCpu)));
  description.Set("models", ModelsInMemory(env));
  description.Set("handles", handles);
  description.Set("engineMemory", memory);
  return description;
}

Napi::Value DrainLogEntries(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Napi::Array entries = Napi::Array::New(env);
  for (const LogEntry& entry : DrainLog()) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("level", LogLevelName(entry.level));
    object.Set("source", entry.source);
    object.Set("message", entry.message);
    entries.Set(entries.Length(), object);
  }
  return entries;
}

Napi::Value CreateToken(const Napi::CallbackInfo& info) {
  const double deadline_ms = NumberOf(info[0], "deadlineMs", 0, kMaxDeadlineMs);
  return Napi::Number::New(info.Env(), static_cast<double>(CreateCancelToken(deadline_ms)));
}

Napi::Value CancelTokenCall(const Napi::CallbackInfo& info) {
  Cancel(TokenOf(info[0], "token"));
  return info.Env().Undefined();
}

Napi::Value ReleaseToken(const Napi::CallbackInfo& info) {
  ReleaseCancelToken(TokenOf(info[0], "token"));
  return info.Env().Undefined();
}

Napi::Value MarkCallCall(const Napi::CallbackInfo& info) {
  MarkCall(static_cast<uint64_t>(IntegerOf(info[0], "call", 0, kMaxCall)));
  return info.Env().Undefined();
}

Napi::Value ReportCrashesCall(const Napi::CallbackInfo& info) {
  ReportCrashes(static_cast<int>(IntegerOf(info[0], "fd", 0, kMaxDescriptor)));
  return info.Env().Undefined();
}

Napi::Value DieWithParentCall(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), DieWithParent(IntegerOf(info[0], "parent", 1, kMaxProcess)));
}

// Large blocks of the heap become mappings of their own: freed, they leave no gaps.
Napi::Value KeepLargeMemoryApart(const Napi::CallbackInfo& info) {
#ifdef __GLIBC__
  constexpr int kLarge = 256 * 1024;
  mallopt(M_MMAP_THRESHOLD, kLarge);
#endif
  KeepCt2Memory();
  return info.Env().Undefined();
}

// glibc keeps what is freed for the next allocations, up to tens of megabytes a thread.
Napi::Value TrimMemory(const Napi::CallbackInfo& info) {
  TrimCt2Memory();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  return info.Env().Undefined();
}

// Read when CTranslate2 first computes. It keeps to 256 bits unless it is told, since older CPUs slow down with 512.
Napi::Value PreferWideVectors(const Napi::CallbackInfo& info) {
  const bool wide = kernels::Available();
#if !defined(_WIN32)
  if (wide) setenv("CT2_FORCE_CPU_ISA", "AVX512", /*overwrite=*/0);
#endif
  return Napi::Boolean::New(info.Env(), wide);
}

Napi::Value CheckKernelsCall(const Napi::CallbackInfo& info) {
  const auto seed = static_cast<uint32_t>(IntegerOf(info[0], "seed", 0, kMaxSeed));
  const auto rounds = static_cast<size_t>(IntegerOf(info[1], "rounds", 1, kMaxRounds));
  const kernels::KernelCheck check = kernels::CheckKernels(seed, rounds);
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("available", kernels::Available());
  object.Set("computed", static_cast<double>(check.computed));
  object.Set("left", static_cast<double>(check.left));
  object.Set("worst", check.worst);
  object.Set("attentions", static_cast<double>(check.attentions));
  object.Set("worstAttention", check.worst_vectors);
  object.Set("tileAttentions", static_cast<double>(check.tile_attentions));
  object.Set("worstTileAttention", check.worst_tiles);
  object.Set("wrong", static_cast<double>(check.wrong));
  return object;
}

Napi::Value KernelFacts(const Napi::CallbackInfo& info) {
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("available", kernels::Available());
  object.Set("tiles", kernels::FloatTilesAvailable());
  object.Set("encoderAttentions", static_cast<double>(kernels::EncoderAttention::Computed()));
  return object;
}

Napi::Value Fault(const Napi::CallbackInfo& info) {
  CauseFault(StringOf(info[0], "kind"), NumberOf(info[1], "amount", 0, kMaxFault));
  return info.Env().Undefined();
}

}  // namespace voicelingua::binding
