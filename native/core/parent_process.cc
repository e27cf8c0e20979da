#include "core/parent_process.h"

#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#endif

namespace voicelingua {

bool DieWithParent(int64_t parent) {
#ifdef __linux__
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  // It may have died between the start of this process and the line above.
  if (getppid() != static_cast<pid_t>(parent)) kill(getpid(), SIGKILL);
  return true;
#else
  static_cast<void>(parent);
  return false;
#endif
}

}  // namespace voicelingua
