#ifndef VOICELINGUA_CORE_HEAP_H_
#define VOICELINGUA_CORE_HEAP_H_

namespace voicelingua {

// Gives freed memory back to the system, where the allocator would keep it (glibc). Takes milliseconds.
void TrimHeap();

// From now on the allocator keeps freed memory, however large the block, instead of giving it back at once (glibc;
// nothing elsewhere). CTranslate2 asks for blocks of up to hundreds of megabytes in each layer and step and frees them
// again; the system would clear every page of them anew, which takes a third of the time of Whisper's encoder. For a
// process that is the engines' own.
void KeepFreedMemory();

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_HEAP_H_
