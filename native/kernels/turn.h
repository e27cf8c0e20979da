#ifndef VOICELINGUA_KERNELS_TURN_H_
#define VOICELINGUA_KERNELS_TURN_H_

#include "kernels/x86.h"

#if defined(VOICELINGUA_X86_KERNELS)

namespace voicelingua::kernels {

// Sixteen rows of sixteen values of four bytes, turned so that the first values of all rows are one vector. Bits are
// moved and not looked at.
VOICELINGUA_AVX512 inline void Turn(__m512 v[16]) {
  __m512 t[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_ps(v[i], v[i + 1]);
    t[i + 1] = _mm512_unpackhi_ps(v[i], v[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    v[i] = _mm512_shuffle_ps(t[i], t[i + 2], _MM_SHUFFLE(1, 0, 1, 0));
    v[i + 1] = _mm512_shuffle_ps(t[i], t[i + 2], _MM_SHUFFLE(3, 2, 3, 2));
    v[i + 2] = _mm512_shuffle_ps(t[i + 1], t[i + 3], _MM_SHUFFLE(1, 0, 1, 0));
    v[i + 3] = _mm512_shuffle_ps(t[i + 1], t[i + 3], _MM_SHUFFLE(3, 2, 3, 2));
  }
  // Each 128 bits of v[4 q + i] are values i, 4 + i, 8 + i, 12 + i of rows 4 q to 4 q + 3.
  for (int i = 0; i < 4; ++i) {
    const __m512 a = _mm512_shuffle_f32x4(v[i], v[4 + i], _MM_SHUFFLE(1, 0, 1, 0));
    const __m512 b = _mm512_shuffle_f32x4(v[i], v[4 + i], _MM_SHUFFLE(3, 2, 3, 2));
    const __m512 c = _mm512_shuffle_f32x4(v[8 + i], v[12 + i], _MM_SHUFFLE(1, 0, 1, 0));
    const __m512 d = _mm512_shuffle_f32x4(v[8 + i], v[12 + i], _MM_SHUFFLE(3, 2, 3, 2));
    t[i] = _mm512_shuffle_f32x4(a, c, _MM_SHUFFLE(2, 0, 2, 0));
    t[4 + i] = _mm512_shuffle_f32x4(a, c, _MM_SHUFFLE(3, 1, 3, 1));
    t[8 + i] = _mm512_shuffle_f32x4(b, d, _MM_SHUFFLE(2, 0, 2, 0));
    t[12 + i] = _mm512_shuffle_f32x4(b, d, _MM_SHUFFLE(3, 1, 3, 1));
  }
  for (int i = 0; i < 16; ++i) v[i] = t[i];
}

}  // namespace voicelingua::kernels

#endif

#endif  // VOICELINGUA_KERNELS_TURN_H_
