#ifndef VOICELINGUA_CORE_ERRORS_H_
#define VOICELINGUA_CORE_ERRORS_H_

#include <stdexcept>
#include <string>

namespace voicelingua {

// The names of NativeErrorCode in src/native/binding.ts, in that order; the values are those of vlr_code.
enum class ErrorCode {
  kInvalidArgument = 1,
  kModelNotFound,
  kModelInvalid,
  kModelUnsupported,
  kInputNotFound,
  kInputPermission,
  kInputIsDirectory,
  kInputNotRegular,
  kInputEmpty,
  kInputCorrupt,
  kInputTooLarge,
  kInputUnsupportedFormat,
  kInputUnsupportedCodec,
  kInputNoAudio,
  kInputReadFailed,
  kOutOfMemory,
  kDeviceUnavailable,
  kEngineFailed,
  kCancelled,
  kDeadlineExceeded,
  kClosed,
  kInternal,
};

const char* ErrorCodeName(ErrorCode code);

// The code of a vlr_code value; kInternal for a value that is none.
ErrorCode ErrorCodeFromValue(int value);

// Every failure that leaves native/core. The message names the thing and the way out.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

// Gives the exception being handled a code: an Error stays as it is, bad_alloc is kOutOfMemory, invalid_argument is
// kInvalidArgument, all else is `fallback`. `doing` starts the message ("translating"). Call inside a catch block.
Error CurrentExceptionAsError(ErrorCode fallback, const std::string& doing);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_ERRORS_H_
