#include "kernels/kernel_check.h"
#include "kernels/skinny_gemm.h"
#include "test/check.h"

namespace voicelingua::test {

TEST(KernelsStayInsideTheirMatrices) {
  const kernels::KernelCheck check = kernels::CheckKernels(/*seed=*/7, /*rounds=*/40);
  CHECK(check.wrong == 0);
  CHECK(check.worst < 2e-6);
  CHECK(check.computed + check.left == 123);
  CHECK(kernels::Available() == (check.computed > 0));
}

}  // namespace voicelingua::test
