// Stands before oneDNN's products, which CTranslate2 calls by their C names; the linker leads those calls here
// (--wrap).
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "kernels/skinny_gemm.h"

namespace voicelingua::kernels {

bool Available() {
#if defined(__x86_64__) && defined(__GNUC__)
  static const bool available = [] {
    const char* wanted = std::getenv("VOICELINGUA_KERNELS");
    if (wanted != nullptr && std::strcmp(wanted, "off") == 0) return false;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vbmi2");
  }();
  return available;
#else
  return false;
#endif
}

}  // namespace voicelingua::kernels

#if defined(VOICELINGUA_WRAPS_GEMM)
namespace {

bool IsYes(char transpose) { return transpose == 'T' || transpose == 't'; }

}  // namespace

// oneDNN's dnnl_dim_t is int64_t, its dnnl_status_t an enumeration whose 0 is success.
extern "C" {

int __real_dnnl_sgemm(char transa, char transb, int64_t m, int64_t n, int64_t k, float alpha, const float* a,
                      int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc);
int __real_dnnl_gemm_u8s8s32(char transa, char transb, char offsetc, int64_t m, int64_t n, int64_t k, float alpha,
                             const uint8_t* a, int64_t lda, uint8_t ao, const int8_t* b, int64_t ldb, int8_t bo,
                             float beta, int32_t* c, int64_t ldc, const int32_t* co);

int __wrap_dnnl_sgemm(char transa, char transb, int64_t m, int64_t n, int64_t k, float alpha, const float* a,
                      int64_t lda, const float* b, int64_t ldb, float beta, float* c, int64_t ldc) {
  const voicelingua::kernels::SgemmCall call{IsYes(transa), IsYes(transb), m, n,  k, alpha, a, lda, b,
                                             ldb,           beta,          c, ldc};
  const bool done = voicelingua::kernels::SkinnySgemm(call) || voicelingua::kernels::ScoresSgemm(call);
  return done ? 0 : __real_dnnl_sgemm(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

int __wrap_dnnl_gemm_u8s8s32(char transa, char transb, char offsetc, int64_t m, int64_t n, int64_t k, float alpha,
                             const uint8_t* a, int64_t lda, uint8_t ao, const int8_t* b, int64_t ldb, int8_t bo,
                             float beta, int32_t* c, int64_t ldc, const int32_t* co) {
  const bool simple = !IsYes(transa) && IsYes(transb) && (offsetc == 'R' || offsetc == 'r') && alpha == 1 &&
                      beta == 0 && ao == 0 && bo == 0;
  if (simple && voicelingua::kernels::SkinnyU8S8({m, n, k, a, lda, b, ldb, c, ldc, co})) return 0;
  return __real_dnnl_gemm_u8s8s32(transa, transb, offsetc, m, n, k, alpha, a, lda, ao, b, ldb, bo, beta, c, ldc, co);
}

}  // extern "C"
#endif
