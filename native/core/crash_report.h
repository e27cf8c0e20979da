#ifndef VOICELINGUA_CORE_CRASH_REPORT_H_
#define VOICELINGUA_CORE_CRASH_REPORT_H_

#include <cstdint>

namespace voicelingua {

// Notes the number of the call that the calling thread works on, so that a crash can be told from its neighbours. 0 is
// none.
void MarkCall(uint64_t call);

// From now on a fatal signal of this process (SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL) writes one line of JSON to
// `fd`:
// {"signal":11,"call":17,"active":[17,18]}, where `call` is that of the crashing thread (0 for a thread without one)
// and `active` those of all threads. Then the signal takes its usual course. The process's programs do not inherit
// `fd`. Only for a process that is the engines' own: the handlers are the whole process's. Does nothing on Windows.
void ReportCrashes(int fd);

// Whether ReportCrashes was called: what an engine says before it aborts then goes to stderr too.
bool CrashesAreReported();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CRASH_REPORT_H_
