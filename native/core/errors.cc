#include "core/errors.h"

#include <algorithm>
#include <array>
#include <new>

namespace voicelingua {
namespace {

constexpr std::array<const char*, 22> kNames = {
    "INVALID_ARGUMENT",
    "MODEL_NOT_FOUND",
    "MODEL_INVALID",
    "MODEL_UNSUPPORTED",
    "INPUT_NOT_FOUND",
    "INPUT_PERMISSION",
    "INPUT_IS_DIRECTORY",
    "INPUT_NOT_REGULAR",
    "INPUT_EMPTY",
    "INPUT_CORRUPT",
    "INPUT_TOO_LARGE",
    "INPUT_UNSUPPORTED_FORMAT",
    "INPUT_UNSUPPORTED_CODEC",
    "INPUT_NO_AUDIO",
    "INPUT_READ_FAILED",
    "OUT_OF_MEMORY",
    "DEVICE_UNAVAILABLE",
    "ENGINE_FAILED",
    "CANCELLED",
    "DEADLINE_EXCEEDED",
    "CLOSED",
    "INTERNAL",
};

// CUDA; cuBLAS and cuDNN; CTranslate2's allocators.
constexpr std::array<const char*, 3> kSignsOfMemory = {"out of memory", "_STATUS_ALLOC_FAILED", "failed to allocate"};

bool SpeaksOfMemory(const std::string& message) {
  return std::any_of(kSignsOfMemory.begin(), kSignsOfMemory.end(),
                     [&](const char* sign) { return message.find(sign) != std::string::npos; });
}

}  // namespace

const char* ErrorCodeName(ErrorCode code) { return kNames.at(static_cast<size_t>(code) - 1); }

ErrorCode ErrorCodeFromValue(int value) {
  if (value < 1 || value > static_cast<int>(kNames.size())) return ErrorCode::kInternal;
  return static_cast<ErrorCode>(value);
}

Error CurrentExceptionAsError(ErrorCode fallback, const std::string& doing) {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return Error(ErrorCode::kOutOfMemory, "Out of memory while " + doing + ". Use a smaller model or fewer lanes.");
  } catch (const std::length_error& error) {
    return Error(ErrorCode::kOutOfMemory, "Too much memory asked for while " + doing + ": " + error.what());
  } catch (const std::invalid_argument& error) {
    return Error(ErrorCode::kInvalidArgument, "Failed while " + doing + ": " + error.what());
  } catch (const std::exception& error) {
    const std::string what = error.what();
    return Error(SpeaksOfMemory(what) ? ErrorCode::kOutOfMemory : fallback, "Failed while " + doing + ": " + what);
  } catch (...) {
    return Error(fallback, "Failed while " + doing + ": an exception of an unknown type");
  }
}

}  // namespace voicelingua
