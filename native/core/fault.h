#ifndef VOICELINGUA_CORE_FAULT_H_
#define VOICELINGUA_CORE_FAULT_H_

#include <string>

namespace voicelingua {

// What an engine may do to its process, for tests: "abort", "segv", "bus", "fpe" and "ill" die of that signal,
// "overflow" of a stack without end; "exit" ends the process with `amount` as its code; "hang" blocks for `amount`
// milliseconds and listens to no one; "leak" keeps `amount` bytes for ever. Throws kInvalidArgument for any other kind.
void CauseFault(const std::string& kind, double amount);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_FAULT_H_
