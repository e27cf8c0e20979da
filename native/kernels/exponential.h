#ifndef VOICELINGUA_KERNELS_EXPONENTIAL_H_
#define VOICELINGUA_KERNELS_EXPONENTIAL_H_

#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)

namespace voicelingua::kernels {

// 2^x, to the last digit or two: the whole part goes into the exponent, the rest (at most a half) through the series
// of e^(x ln 2), whose next term is below 6e-9.
VOICELINGUA_AVX512 inline __m512 PowerOfTwo(__m512 x) {
  const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 part = _mm512_sub_ps(x, whole);
  __m512 sum = _mm512_set1_ps(1.52527338e-5f);
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(1.54035304e-4f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(1.33335581e-3f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(9.61812911e-3f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(5.55041087e-2f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(2.40226507e-1f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(6.93147181e-1f));
  sum = _mm512_fmadd_ps(sum, part, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(sum, whole);
}

inline constexpr float kLog2E = 1.44269504f;

}  // namespace voicelingua::kernels

#endif

#endif  // VOICELINGUA_KERNELS_EXPONENTIAL_H_
