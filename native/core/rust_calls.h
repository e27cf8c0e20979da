#ifndef VOICELINGUA_CORE_RUST_CALLS_H_
#define VOICELINGUA_CORE_RUST_CALLS_H_

#include <voicelingua_rust.h>

#include <string>
#include <vector>

#include "core/cancel_tokens.h"

namespace voicelingua {

// Throws an Error with the code and message of a failed call.
void CheckRust(vlr_code code, const vlr_error& error);

// A vlr_cancel that asks `cancel`, which must outlive it.
vlr_cancel RustCancel(const CancelFlag& cancel);

std::string RustText(vlr_text text);

// Bytes of `text` by bytes of its zlib form, as openai/whisper measures repetition; 0 for an empty text.
float CompressionRatio(const std::string& text);

// Copies the list and frees it.
std::vector<std::string> TakeRustStrings(vlr_strings* strings);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_RUST_CALLS_H_
