#include "core/utf8.h"

#include "test/check.h"

namespace voicelingua::test {

TEST(InvalidUtf8IsReplaced) {
  CHECK(ReplaceInvalidUtf8("a\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80") == "aé你😀");
  // One sign for a character's longest beginning, one for each other byte; as Python does.
  CHECK(ReplaceInvalidUtf8("\xe4\xbdx") == "\xef\xbf\xbdx");
  CHECK(ReplaceInvalidUtf8("\xbd\xa0") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(ReplaceInvalidUtf8("\xc0\x80") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(ReplaceInvalidUtf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(ReplaceInvalidUtf8("\xf4\x90\x80\x80").size() == 12);
  CHECK(ReplaceInvalidUtf8("x\xf0\x9f\x98") == "x\xef\xbf\xbd");
}

TEST(EndsInsideACharacter) {
  CHECK(EndsInsideCharacter("a\xe4") && EndsInsideCharacter("\xe4\xbd") && EndsInsideCharacter("\xf0\x9f\x98"));
  CHECK(!EndsInsideCharacter("") && !EndsInsideCharacter("a") && !EndsInsideCharacter("\xe4\xbd\xa0"));
  // What can be no character is over.
  CHECK(!EndsInsideCharacter("\x80") && !EndsInsideCharacter("\xe0\x80") && !EndsInsideCharacter("\xff"));
}

TEST(TrimmedTextKeepsWhatIsInside) {
  CHECK(Trimmed(" \t a b\n") == "a b");
  CHECK(Trimmed("").empty() && Trimmed(" \n").empty());
}

}  // namespace voicelingua::test
