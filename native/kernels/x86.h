#ifndef VOICELINGUA_KERNELS_X86_H_
#define VOICELINGUA_KERNELS_X86_H_

// Whether the kernels are compiled at all; unavailable.cc has what stands for them elsewhere. Each function names the
// instructions it needs, so that nothing else of the addon asks for them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(_WIN32)
#define VOICELINGUA_X86_KERNELS 1

#include <immintrin.h>

#define VOICELINGUA_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define VOICELINGUA_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma")))

#endif

#endif  // VOICELINGUA_KERNELS_X86_H_
