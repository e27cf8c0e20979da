#ifndef VOICELINGUA_CORE_COMPUTE_TYPE_H_
#define VOICELINGUA_CORE_COMPUTE_TYPE_H_

#include "core/model_registry.h"

namespace voicelingua {

// Throws kInvalidArgument, naming what works, for a compute type that CTranslate2 does not know or that the device does
// not compute efficiently. `auto` takes the fastest, `default` the one that the weights are stored in.
void CheckComputeType(const ModelOptions& options);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_COMPUTE_TYPE_H_
