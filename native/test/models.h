#ifndef VOICELINGUA_TEST_MODELS_H_
#define VOICELINGUA_TEST_MODELS_H_

#include <string>

namespace voicelingua::test {

struct Models {
  std::string whisper_file;
  std::string ct2_folder;
  std::string scratch;
  std::string repository;
  // Empty when there are none.
  std::string samples;
};

inline Models g_models;

}  // namespace voicelingua::test

#endif  // VOICELINGUA_TEST_MODELS_H_
