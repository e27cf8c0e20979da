#ifndef VOICELINGUA_KERNELS_KERNEL_CHECK_H_
#define VOICELINGUA_KERNELS_KERNEL_CHECK_H_

#include <cstddef>
#include <cstdint>

namespace voicelingua::kernels {

struct KernelCheck {
  // Products that a kernel computed; the others were of shapes that are left to oneDNN.
  size_t computed = 0;
  size_t left = 0;
  // Largest error of a sum of products, by the sum of their absolute values.
  double worst = 0;
  // Largest error of an attention's output, by the largest of its values: with vectors, and with tiles of 16-bit
  // floats. Scores are up to some tens.
  double worst_vectors = 0;
  double worst_tiles = 0;
  size_t attentions = 0;
  size_t tile_attentions = 0;
  // Sums of integers that were wrong, and values beside the result that were written over.
  size_t wrong = 0;
};

// Computes `rounds` products of random shapes and strides with every kernel, and attention every 16th time, and
// compares with plain loops.
KernelCheck CheckKernels(uint32_t seed, size_t rounds);

}  // namespace voicelingua::kernels

#endif  // VOICELINGUA_KERNELS_KERNEL_CHECK_H_
