#ifndef VOICELINGUA_CORE_PARENT_PROCESS_H_
#define VOICELINGUA_CORE_PARENT_PROCESS_H_

#include <cstdint>

namespace voicelingua {

// Ends this process with SIGKILL as soon as its parent ends, whatever way that dies; at once when the parent is not
// `parent` any more. The kernel means the parent's thread that started this process, which is the thread whose
// JavaScript did: a worker that ends takes the processes that it started with it. Linux only; false elsewhere.
bool DieWithParent(int64_t parent);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_PARENT_PROCESS_H_
