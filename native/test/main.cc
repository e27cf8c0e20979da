// Tests of native/core without Node and without an engine. Arguments: a valid Whisper file and a valid CTranslate2
// folder, which mutation tests start from. Ends with a line `N passed, N failed`.
#include <cstdio>

#include "test/check.h"
#include "test/models.h"

int main(int argc, char** argv) {
  using voicelingua::test::Cases;
  using voicelingua::test::Failures;
  if (argc != 4) {
    std::printf("usage: core-tests WHISPER_FILE CT2_FOLDER SCRATCH_FOLDER\n");
    return 2;
  }
  voicelingua::test::g_models = {argv[1], argv[2], argv[3]};
  int passed = 0;
  int failed = 0;
  for (const auto& test : Cases()) {
    const int before = Failures();
    test.body();
    const bool ok = Failures() == before;
    std::printf("%s %s\n", ok ? "ok  " : "FAIL", test.name);
    ++(ok ? passed : failed);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
