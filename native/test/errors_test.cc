#include "core/errors.h"

#include <new>
#include <string>

#include "test/check.h"

namespace voicelingua::test {
namespace {

template <typename Exception>
Error Converted(const Exception& exception) {
  try {
    throw exception;
  } catch (...) {
    return CurrentExceptionAsError(ErrorCode::kEngineFailed, "testing");
  }
}

}  // namespace

TEST(EveryCodeHasItsName) {
  CHECK(std::string(ErrorCodeName(ErrorCode::kInvalidArgument)) == "INVALID_ARGUMENT");
  CHECK(std::string(ErrorCodeName(ErrorCode::kOutOfMemory)) == "OUT_OF_MEMORY");
  CHECK(std::string(ErrorCodeName(ErrorCode::kInternal)) == "INTERNAL");
  CHECK(ErrorCodeFromValue(1) == ErrorCode::kInvalidArgument);
  CHECK(ErrorCodeFromValue(22) == ErrorCode::kInternal);
  for (const int value : {0, -1, 23, 1 << 30}) CHECK(ErrorCodeFromValue(value) == ErrorCode::kInternal);
}

TEST(ExceptionsGetTheirCodes) {
  CHECK(Converted(Error(ErrorCode::kClosed, "closed")).code() == ErrorCode::kClosed);
  CHECK(Converted(std::bad_alloc()).code() == ErrorCode::kOutOfMemory);
  CHECK(Converted(std::invalid_argument("no")).code() == ErrorCode::kInvalidArgument);
  for (const char* message :
       {"CUDA failed with error out of memory", "cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED",
        "cuDNN failed with status CUDNN_STATUS_ALLOC_FAILED", "aligned_alloc: failed to allocate memory",
        "failed to allocated memory"}) {
    CHECK(Converted(std::runtime_error(message)).code() == ErrorCode::kOutOfMemory);
  }
  CHECK(Converted(std::runtime_error("other")).code() == ErrorCode::kEngineFailed);
  CHECK(Converted(42).code() == ErrorCode::kEngineFailed);
  CHECK(std::string(Converted(std::runtime_error("why")).what()).find("testing: why") != std::string::npos);
}

}  // namespace voicelingua::test
