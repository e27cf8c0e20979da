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

// Runs all tests, a line each; the last line is `N passed, N failed`. What a program of them returns.
inline int RunAll() {
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

}  // namespace voicelingua::test

#define CHECK(condition) ::voicelingua::test::Check((condition), #condition, __FILE__, __LINE__)
#define TEST(name)                                                         \
  static void name();                                                      \
  static const ::voicelingua::test::Register register_##name(#name, name); \
  static void name()

#endif  // VOICELINGUA_TEST_CHECK_H_
