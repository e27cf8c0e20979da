#ifndef VOICELINGUA_CORE_UTF8_H_
#define VOICELINGUA_CORE_UTF8_H_

#include <string>

namespace voicelingua {

// True when `text` ends within a character that more bytes could complete.
bool EndsInsideCharacter(const std::string& text);

// `text` with each sequence that is no character (its longest valid beginning, else one byte) as U+FFFD, as Python's
// errors="replace" has it.
std::string ReplaceInvalidUtf8(const std::string& text);

// `text` without the ASCII white space around it.
std::string Trimmed(const std::string& text);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_UTF8_H_
