#include "core/compute_type.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/build_info.h"
#include "core/errors.h"

namespace voicelingua {

void CheckComputeType(const ModelOptions& options) {
  std::vector<std::string> usable = ComputeTypes(options.device);
  usable.insert(usable.begin(), {"auto", "default"});
  if (std::find(usable.begin(), usable.end(), options.compute_type) != usable.end()) return;
  std::string names;
  for (const std::string& name : usable) names += (names.empty() ? "" : ", ") + name;
  throw Error(ErrorCode::kInvalidArgument, "computeType '" + options.compute_type + "' does not work on the device " +
                                               (options.device == Device::kCuda ? "cuda" : "cpu") + "; use one of " +
                                               names + ".");
}

}  // namespace voicelingua
