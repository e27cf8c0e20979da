#include "kernels/engine_attention.h"

#include <atomic>
#include <cstdint>

#include "kernels/attention.h"

namespace voicelingua::kernels {
namespace {

std::atomic<size_t> computed{0};

}  // namespace

size_t EncoderAttention::Computed() { return computed.load(std::memory_order_relaxed); }

}  // namespace voicelingua::kernels

#if defined(VOICELINGUA_WRAPS_GEMM)

// CTranslate2's names as the compiler writes them: primitives<Device::CPU>::gemm_batch_strided<float, float>, and
// cpu::softmax of each instruction set. dim_t is int64_t.
#define VOICELINGUA_GEMM(prefix) \
  prefix##_ZN11ctranslate210primitivesILNS_6DeviceE0EE18gemm_batch_stridedIffEEvbblllfPKT_llS6_llfPT0_lll
#define VOICELINGUA_SOFTMAX(prefix, isa) prefix##_ZN11ctranslate23cpu7softmaxILNS0_6CpuIsaE##isa##EEEvPKfPKiPfllb

extern "C" {

void VOICELINGUA_GEMM(__real_)(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                               const float* a, int64_t lda, int64_t stride_a, const float* b, int64_t ldb,
                               int64_t stride_b, float beta, float* c, int64_t ldc, int64_t stride_c, int64_t batch);

void VOICELINGUA_SOFTMAX(__real_, 0)(const float*, const int32_t*, float*, int64_t, int64_t, bool);
void VOICELINGUA_SOFTMAX(__real_, 1)(const float*, const int32_t*, float*, int64_t, int64_t, bool);
void VOICELINGUA_SOFTMAX(__real_, 2)(const float*, const int32_t*, float*, int64_t, int64_t, bool);
void VOICELINGUA_SOFTMAX(__real_, 3)(const float*, const int32_t*, float*, int64_t, int64_t, bool);

}  // extern "C"

namespace voicelingua::kernels {
namespace {

using Softmax = void(const float* input, const int32_t* lengths, float* output, int64_t rows, int64_t depth, bool log);

struct Product {
  bool transpose_a;
  bool transpose_b;
  int64_t m;
  int64_t n;
  int64_t k;
  float alpha;
  const float* a;
  int64_t lda;
  int64_t stride_a;
  const float* b;
  int64_t ldb;
  int64_t stride_b;
  float beta;
  float* c;
  int64_t ldc;
  int64_t stride_c;
  int64_t batch;

  void Compute() const {
    VOICELINGUA_GEMM(__real_)
    (transpose_a, transpose_b, m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc, stride_c, batch);
  }

  bool IsPacked() const {
    return !transpose_a && beta == 0 && lda == k && ldb == (transpose_b ? k : n) && ldc == n && stride_a == m * k &&
           stride_b == k * n && stride_c == m * n;
  }

  AttentionCall AsScores() const { return {batch, m, n, k, alpha, a, b, nullptr, nullptr}; }
};

// What a thread has held back.
struct HeldBack {
  int scopes = 0;
  bool has_scores = false;
  Product scores{};
  // The softmax of the scores in their place, when it was asked for.
  Softmax* softmax = nullptr;

  // Computes it after all.
  void Release() {
    if (!has_scores) return;
    has_scores = false;
    scores.Compute();
    if (softmax != nullptr) {
      softmax(scores.c, nullptr, scores.c, scores.batch * scores.m, scores.n, false);
      softmax = nullptr;
    }
  }

  void Gemm(const Product& product) {
    if (scopes > 0 && Mixes(product)) return;
    Release();
    if (scopes > 0 && product.transpose_b && product.IsPacked() && IsAttention(product.AsScores())) {
      has_scores = true;
      scores = product;
      return;
    }
    product.Compute();
  }

  // False for another call than the product of the scores that were held back with values.
  bool Mixes(const Product& product) {
    if (!has_scores || softmax == nullptr || product.a != scores.c || product.transpose_b || !product.IsPacked() ||
        product.alpha != 1 || product.batch != scores.batch || product.m != scores.m || product.k != scores.n ||
        product.n != scores.k) {
      return false;
    }
    AttentionCall call = scores.AsScores();
    call.values = product.b;
    call.output = product.c;
    if (!Attention(call)) return false;
    has_scores = false;
    softmax = nullptr;
    computed.fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  void Soften(Softmax* function, const float* input, const int32_t* lengths, float* output, int64_t rows, int64_t depth,
              bool log) {
    if (has_scores && softmax == nullptr && input == scores.c && output == input && lengths == nullptr && !log &&
        rows == scores.batch * scores.m && depth == scores.n) {
      softmax = function;
      return;
    }
    Release();
    function(input, lengths, output, rows, depth, log);
  }
};

thread_local HeldBack held_back;

}  // namespace

EncoderAttention::EncoderAttention() { ++held_back.scopes; }

EncoderAttention::~EncoderAttention() {
  // After an exception the memory may be gone; nothing that was asked for waits otherwise.
  held_back.has_scores = false;
  held_back.softmax = nullptr;
  --held_back.scopes;
}

}  // namespace voicelingua::kernels

extern "C" {

void VOICELINGUA_GEMM(__wrap_)(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                               const float* a, int64_t lda, int64_t stride_a, const float* b, int64_t ldb,
                               int64_t stride_b, float beta, float* c, int64_t ldc, int64_t stride_c, int64_t batch) {
  voicelingua::kernels::held_back.Gemm(
      {transpose_a, transpose_b, m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc, stride_c, batch});
}

#define VOICELINGUA_WRAP_SOFTMAX(isa)                                                                               \
  void VOICELINGUA_SOFTMAX(__wrap_, isa)(const float* input, const int32_t* lengths, float* output, int64_t rows,   \
                                         int64_t depth, bool log) {                                                 \
    voicelingua::kernels::held_back.Soften(&VOICELINGUA_SOFTMAX(__real_, isa), input, lengths, output, rows, depth, \
                                           log);                                                                    \
  }

VOICELINGUA_WRAP_SOFTMAX(0)
VOICELINGUA_WRAP_SOFTMAX(1)
VOICELINGUA_WRAP_SOFTMAX(2)
VOICELINGUA_WRAP_SOFTMAX(3)

}  // extern "C"

#else

namespace voicelingua::kernels {
EncoderAttention::EncoderAttention() = default;
EncoderAttention::~EncoderAttention() = default;
}  // namespace voicelingua::kernels

#endif
