// Tests of native/core without Node and without an engine. Arguments: a valid Whisper file and a valid CTranslate2
// folder, which mutation tests start from; a folder to write in; the repository; and, if they are there, the samples of
// a recording (float32) and its features as CTranslate2's own tests have them (.npy). Ends with `N passed, N failed`.
#include <cstdio>

#include "test/check.h"
#include "test/models.h"

int main(int argc, char** argv) {
  if (argc != 5 && argc != 6) {
    std::printf("usage: core-tests WHISPER_FILE CT2_FOLDER SCRATCH_FOLDER REPOSITORY [SAMPLES]\n");
    return 2;
  }
  voicelingua::test::g_models = {argv[1], argv[2], argv[3], argv[4], argc == 6 ? argv[5] : ""};
  return voicelingua::test::RunAll();
}
