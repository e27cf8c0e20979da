#ifndef VOICELINGUA_KERNELS_SKINNY_GEMM_H_
#define VOICELINGUA_KERNELS_SKINNY_GEMM_H_

#include <cstddef>
#include <cstdint>

namespace voicelingua::kernels {

// Matrix products with few rows on the left, as a decoder's steps have them: rows are beams, and the matrix on the
// right is weights or the keys and values of a window. oneDNN packs the right matrix anew for each call, which then
// costs more than the product; these read it once, as it lies in memory. All matrices are row-major.
//
// They run where the CPU has AVX-512 with VNNI and its bytes permuted (Ice Lake, Zen 4 and later), which also keep
// their clock with 512-bit vectors; elsewhere nothing is taken over.

// Whether this CPU runs the kernels, and they are not switched off (VOICELINGUA_KERNELS=off).
bool Available();

struct SgemmCall {
  bool transpose_a;
  bool transpose_b;
  ptrdiff_t m;
  ptrdiff_t n;
  ptrdiff_t k;
  float alpha;
  const float* a;
  ptrdiff_t lda;
  const float* b;
  ptrdiff_t ldb;
  float beta;
  float* c;
  ptrdiff_t ldc;
};

// c = alpha * a * b + beta * c. False, with nothing done, for a shape that is better left to oneDNN.
bool SkinnySgemm(const SgemmCall& call);

// The same for many rows and short products, as the scores of an encoder's attention are, which oneDNN computes with
// 256-bit vectors. False as above.
bool ScoresSgemm(const SgemmCall& call);

struct U8S8Call {
  ptrdiff_t m;
  ptrdiff_t n;
  ptrdiff_t k;
  const uint8_t* a;  // m x k
  ptrdiff_t lda;
  const int8_t* b;  // n x k: the right matrix is transposed.
  ptrdiff_t ldb;
  int32_t* c;  // m x n
  ptrdiff_t ldc;
  const int32_t* offsets;  // n, added to each row.
};

// c = a * transposed b + offsets; exact. False, with nothing done, for a shape that is better left to oneDNN.
bool SkinnyU8S8(const U8S8Call& call);

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_SKINNY_GEMM_H_
