#ifndef VOICELINGUA_CORE_BUILD_INFO_H_
#define VOICELINGUA_CORE_BUILD_INFO_H_

#include <map>
#include <string>
#include <vector>

#include "core/model_registry.h"

namespace voicelingua {

// Versions of the engines and libraries inside, by name.
std::map<std::string, std::string> ComponentVersions();

std::string CompilerName();

// whisper.cpp's own line.
std::string CpuFeatures();

// CTranslate2's compute types that the device runs efficiently; none without such a device.
std::vector<std::string> ComputeTypes(Device device);

bool IsCudaBuild();

// Devices that both engines can use; 0 in the CPU build.
int CudaDeviceCount();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_BUILD_INFO_H_
