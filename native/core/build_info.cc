#include "core/build_info.h"

#include <ctranslate2/devices.h>
#include <ctranslate2/types.h>
#include <ggml.h>
#include <voicelingua_rust.h>
#include <whisper.h>

#include <algorithm>

#ifdef VOICELINGUA_CUDA
#include <ggml-cuda.h>
#endif

namespace voicelingua {

std::map<std::string, std::string> ComponentVersions() {
  std::map<std::string, std::string> versions = {{"whisper.cpp", whisper_version()}, {"ggml", ggml_version()}};
  for (const char* name : {"voicelingua-rust", "symphonia", "rubato", "sentencepiece", "ct2rs", "onednn-src"}) {
    const char* version = vlr_version(name);
    if (version != nullptr) versions[name] = version;
  }
#ifdef VOICELINGUA_CTRANSLATE2_VERSION
  versions["ctranslate2"] = VOICELINGUA_CTRANSLATE2_VERSION;
#endif
  return versions;
}

std::string CompilerName() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "gcc " __VERSION__;
#elif defined(_MSC_VER)
  return "msvc " + std::to_string(_MSC_VER);
#else
  return "unknown";
#endif
}

std::string CpuFeatures() { return whisper_print_system_info(); }

std::vector<std::string> ComputeTypes(Device wanted) {
  std::vector<std::string> names;
  if (wanted == Device::kCuda && CudaDeviceCount() == 0) return names;
  const auto device = wanted == Device::kCuda ? ctranslate2::Device::CUDA : ctranslate2::Device::CPU;
  if (ctranslate2::mayiuse_int8(device)) names.insert(names.end(), {"int8", "int8_float32"});
  if (ctranslate2::mayiuse_int16(device)) names.push_back("int16");
  names.push_back("float32");
  if (ctranslate2::mayiuse_float16(device)) names.insert(names.end(), {"float16", "int8_float16"});
  if (ctranslate2::mayiuse_bfloat16(device)) names.insert(names.end(), {"bfloat16", "int8_bfloat16"});
  return names;
}

bool IsCudaBuild() {
#ifdef VOICELINGUA_CUDA
  return true;
#else
  return false;
#endif
}

int CudaDeviceCount() {
#ifdef VOICELINGUA_CUDA
  return std::min(ctranslate2::get_device_count(ctranslate2::Device::CUDA), ggml_backend_cuda_get_device_count());
#else
  return 0;
#endif
}

}  // namespace voicelingua
