#ifndef VOICELINGUA_CORE_CT2_ALLOCATOR_H_
#define VOICELINGUA_CORE_CT2_ALLOCATOR_H_

#include "core/block_cache.h"

namespace voicelingua {

// From now on CTranslate2's large blocks on the CPU come from a BlockCache, and what it frees stays this process's
// until TrimCt2Memory. For a process that is the engines' own. Before, and where the linker cannot lead the engine
// here, they come from the system's heap, as the engine has it.
void KeepCt2Memory();

// Gives back what is kept.
void TrimCt2Memory();

// Nothing used and nothing kept before KeepCt2Memory.
BlockCache::Use Ct2MemoryUse();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_CT2_ALLOCATOR_H_
