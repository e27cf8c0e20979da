#ifndef VOICELINGUA_TEST_CHECK_H_
#define VOICELINGUA_TEST_CHECK_H_

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "core/errors.h"

namespace voicelingua::test {

struct Case {
  const char* name;
  std::function<void()> body;
};

inline std::vector<Case>& Cases() {
  static std::vector<Case> cases;
  return cases;
}

struct Register {
  Register(const char* name, std::function<void()> body) { Cases().push_back({name, std::move(body)}); }
};

inline int& Failures() {
  static int failures = 0;
  return failures;
}

inline void Check(bool ok, const char* text, const char* file, int line) {
  if (ok) return;
  ++Failures();
  std::printf("%s:%d: %s\n", file, line, text);
}

// The code that `call` fails with; kInternal, counted as a failure, when it does not fail.
template <typename Call>
ErrorCode CodeOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  Check(false, "the call did not fail", __FILE__, __LINE__);
  return ErrorCode::kInternal;
}

}  // namespace voicelingua::test

#define CHECK(condition) ::voicelingua::test::Check((condition), #condition, __FILE__, __LINE__)
#define TEST(name)                                                         \
  static void name();                                                      \
  static const ::voicelingua::test::Register register_##name(#name, name); \
  static void name()

#endif  // VOICELINGUA_TEST_CHECK_H_
