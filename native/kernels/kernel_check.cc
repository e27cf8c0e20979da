#include "kernels/kernel_check.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/amx.h"
#include "kernels/attention.h"
#include "kernels/skinny_gemm.h"

namespace voicelingua::kernels {
namespace {

constexpr float kUntouched = -12345.0f;
constexpr int32_t kUntouchedInteger = -12345;
constexpr size_t kAttentionEvery = 16;

class Shapes {
 public:
  explicit Shapes(uint32_t seed) : random_(seed) {}

  ptrdiff_t Between(ptrdiff_t low, ptrdiff_t high) {
    return std::uniform_int_distribution<ptrdiff_t>(low, high)(random_);
  }
  bool Chance() { return Between(0, 1) == 1; }
  float Value() { return std::uniform_real_distribution<float>(-1, 1)(random_); }
  std::vector<float> Values(ptrdiff_t count) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = Value();
    return values;
  }

 private:
  std::mt19937 random_;
};

// With `few` rows as a decoder has them, else as an encoder.
void CheckSgemm(Shapes* shapes, bool few, KernelCheck* check) {
  SgemmCall call{};
  call.transpose_b = !few || shapes->Chance();
  call.m = few ? shapes->Between(1, 8) : shapes->Between(12, 60);
  call.n = call.transpose_b ? shapes->Between(1, 200) : shapes->Between(1, 130);
  call.k = call.transpose_b ? shapes->Between(20, 140) : shapes->Between(1, 300);
  call.alpha = shapes->Chance() ? 1.0f : shapes->Value();
  call.beta = few && shapes->Chance() ? shapes->Value() : 0.0f;
  call.lda = call.k + shapes->Between(0, 5);
  call.ldb = (call.transpose_b ? call.k : call.n) + shapes->Between(0, 5);
  call.ldc = call.n + shapes->Between(0, 5);
  const auto a = shapes->Values(call.m * call.lda);
  const auto b = shapes->Values((call.transpose_b ? call.n : call.k) * call.ldb);
  std::vector<float> c(static_cast<size_t>(call.m * call.ldc), kUntouched);
  const auto before = [&](ptrdiff_t i, ptrdiff_t j) { return static_cast<float>((i * 7 + j * 3) % 11) / 11.0f; };
  for (ptrdiff_t i = 0; i < call.m && call.beta != 0; ++i) {
    for (ptrdiff_t j = 0; j < call.n; ++j) c[static_cast<size_t>(i * call.ldc + j)] = before(i, j);
  }
  call.a = a.data();
  call.b = b.data();
  call.c = c.data();
  if (!(few ? SkinnySgemm(call) : ScoresSgemm(call))) {
    ++check->left;
    return;
  }
  ++check->computed;
  for (ptrdiff_t i = 0; i < call.m; ++i) {
    for (ptrdiff_t j = 0; j < call.ldc; ++j) {
      const float given = c[static_cast<size_t>(i * call.ldc + j)];
      if (j >= call.n) {
        check->wrong += given == kUntouched ? 0 : 1;
        continue;
      }
      double sum = 0;
      double size = 1e-6;
      for (ptrdiff_t k = 0; k < call.k; ++k) {
        const double product = static_cast<double>(call.a[i * call.lda + k]) *
                               call.b[call.transpose_b ? j * call.ldb + k : k * call.ldb + j];
        sum += product;
        size += std::abs(product);
      }
      const double wanted = call.alpha * sum + (call.beta == 0 ? 0.0 : static_cast<double>(call.beta) * before(i, j));
      check->worst = std::max(check->worst, std::abs(given - wanted) / (size + 1.0));
    }
  }
}

void CheckU8S8(Shapes* shapes, KernelCheck* check) {
  U8S8Call call{};
  call.m = shapes->Between(1, 70);
  call.n = shapes->Between(1, 80);
  call.k = shapes->Between(1, 300);
  if (shapes->Between(0, 9) > 0) call.k = (call.k + 3) / 4 * 4;
  call.lda = call.k + shapes->Between(0, 5);
  call.ldb = call.k + shapes->Between(0, 5);
  call.ldc = call.n + shapes->Between(0, 5);
  std::vector<uint8_t> a(static_cast<size_t>(call.m * call.lda));
  std::vector<int8_t> b(static_cast<size_t>(call.n * call.ldb));
  std::vector<int32_t> offsets(static_cast<size_t>(call.n));
  std::vector<int32_t> c(static_cast<size_t>(call.m * call.ldc), kUntouchedInteger);
  for (uint8_t& value : a) value = static_cast<uint8_t>(shapes->Between(0, 255));
  for (int8_t& value : b) value = static_cast<int8_t>(shapes->Between(-128, 127));
  for (int32_t& value : offsets) value = static_cast<int32_t>(shapes->Between(-100000, 100000));
  call.a = a.data();
  call.b = b.data();
  call.c = c.data();
  call.offsets = offsets.data();
  if (!SkinnyU8S8(call)) {
    ++check->left;
    return;
  }
  ++check->computed;
  for (ptrdiff_t i = 0; i < call.m; ++i) {
    for (ptrdiff_t j = 0; j < call.ldc; ++j) {
      int32_t wanted = kUntouchedInteger;
      if (j < call.n) {
        wanted = call.offsets[j];
        for (ptrdiff_t k = 0; k < call.k; ++k) wanted += call.a[i * call.lda + k] * call.b[j * call.ldb + k];
      }
      check->wrong += c[static_cast<size_t>(i * call.ldc + j)] == wanted ? 0 : 1;
    }
  }
}

std::vector<double> PlainAttention(const AttentionCall& call) {
  const auto rows = [&](const float* all, ptrdiff_t count, ptrdiff_t head, ptrdiff_t row) {
    return all + (head * count + row) * call.depth;
  };
  std::vector<double> output;
  for (ptrdiff_t head = 0; head < call.heads; ++head) {
    for (ptrdiff_t i = 0; i < call.queries_count; ++i) {
      const float* query = rows(call.queries, call.queries_count, head, i);
      std::vector<double> weights;
      for (ptrdiff_t j = 0; j < call.keys_count; ++j) {
        const float* key = rows(call.keys, call.keys_count, head, j);
        double sum = 0;
        for (ptrdiff_t d = 0; d < call.depth; ++d) sum += static_cast<double>(query[d]) * key[d];
        weights.push_back(sum * call.scale);
      }
      const double most = *std::max_element(weights.begin(), weights.end());
      double sum = 0;
      for (double& weight : weights) sum += weight = std::exp(weight - most);
      for (ptrdiff_t d = 0; d < call.depth; ++d) {
        double mixed = 0;
        for (ptrdiff_t j = 0; j < call.keys_count; ++j) {
          mixed += weights[static_cast<size_t>(j)] * rows(call.values, call.keys_count, head, j)[d];
        }
        output.push_back(mixed / sum);
      }
    }
  }
  return output;
}

void CheckAttention(Shapes* shapes, KernelCheck* check) {
  AttentionCall call{};
  call.heads = shapes->Between(1, 3);
  call.queries_count = shapes->Between(60, 140);
  call.keys_count = shapes->Between(60, 200);
  call.depth = 16 * shapes->Between(1, 9);
  call.scale = static_cast<float>(shapes->Between(1, 20)) / 4.0f;
  const auto queries = shapes->Values(call.heads * call.queries_count * call.depth);
  const auto keys = shapes->Values(call.heads * call.keys_count * call.depth);
  const auto values = shapes->Values(call.heads * call.keys_count * call.depth);
  std::vector<float> output(queries.size() + 1, kUntouched);
  call.queries = queries.data();
  call.keys = keys.data();
  call.values = values.data();
  call.output = output.data();
  const bool tiles = FloatTilesAvailable() && shapes->Chance();
  if (!(tiles ? Attention(call) : VectorAttention(call))) {
    ++check->left;
    return;
  }
  ++check->computed;
  const bool by_tiles = tiles && AttentionTakesTiles(call);
  ++(by_tiles ? check->tile_attentions : check->attentions);
  check->wrong += output.back() == kUntouched ? 0 : 1;
  const std::vector<double> wanted = PlainAttention(call);
  double& worst = by_tiles ? check->worst_tiles : check->worst_vectors;
  for (size_t i = 0; i < wanted.size(); ++i) worst = std::max(worst, std::abs(output[i] - wanted[i]));
}

}  // namespace

KernelCheck CheckKernels(uint32_t seed, size_t rounds) {
  Shapes shapes(seed);
  KernelCheck check;
  for (size_t round = 0; round < rounds; ++round) {
    CheckSgemm(&shapes, /*few=*/true, &check);
    CheckSgemm(&shapes, /*few=*/false, &check);
    CheckU8S8(&shapes, &check);
    if (round % kAttentionEvery == 0) CheckAttention(&shapes, &check);
  }
  return check;
}

}  // namespace voicelingua::kernels
