#include "core/heap.h"

#ifdef __GLIBC__
#include <malloc.h>

#include <limits>
#endif

namespace voicelingua {

void TrimHeap() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void KeepFreedMemory() {
#ifdef __GLIBC__
  // A block from mmap goes back when it is freed; the heaps of other arenas than the first hold 64 MB at most.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

}  // namespace voicelingua
