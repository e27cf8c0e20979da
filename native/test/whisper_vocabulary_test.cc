#include "core/whisper_vocabulary.h"

#include <algorithm>

#include "test/check.h"
#include "test/reference.h"

namespace voicelingua::test {
namespace {

const WhisperVocabulary& Multilingual() {
  static const WhisperVocabulary* const vocabulary = new WhisperVocabulary(WhisperTokens(), "vocabulary.json");
  return *vocabulary;
}

ErrorCode Refused(const std::vector<std::string>& tokens) {
  return CodeOf([&] { WhisperVocabulary(tokens, "vocabulary.json"); });
}

}  // namespace

TEST(TextIsEncodedAsByHuggingFaceTokenizers) {
  const auto reference = WhisperReference();
  CHECK(reference["texts"].size() >= 9);
  for (const auto& item : reference["texts"]) {
    const auto text = item["text"].get<std::string>();
    const auto tokens = Multilingual().Encode(text);
    const bool equal = tokens == item["tokens"].get<std::vector<int32_t>>();
    if (!equal) std::printf("%s\n", text.c_str());
    CHECK(equal);
    CHECK(Multilingual().Decode(tokens) == text);
    CHECK(std::all_of(tokens.begin(), tokens.end(), [](int32_t id) { return Multilingual().IsText(id); }));
  }
  CHECK(Multilingual().Encode("").empty());
  CHECK(CodeOf([] { Multilingual().Encode("\xff"); }) == ErrorCode::kInvalidArgument);
}

TEST(ControlTokensAndLanguagesAreFound) {
  const WhisperVocabulary& vocabulary = Multilingual();
  CHECK(vocabulary.size() == 51865 && vocabulary.multilingual());
  CHECK(vocabulary.end_of_text() == 50257 && vocabulary.start_of_transcript() == 50258);
  CHECK(vocabulary.translate() == 50358 && vocabulary.transcribe() == 50359);
  CHECK(vocabulary.start_of_model() == 50360 && vocabulary.start_of_previous() == 50361);
  CHECK(vocabulary.no_speech() == 50362 && vocabulary.no_timestamps() == 50363);
  CHECK(vocabulary.timestamp_begin() == 50364);
  CHECK(vocabulary.languages().size() == 99 && vocabulary.languages().front() == "en");
  CHECK(vocabulary.LanguageToken("en") == 50259 && vocabulary.LanguageToken("su") == 50357);
  CHECK(vocabulary.LanguageToken("xx") == -1 && vocabulary.LanguageToken("<|en|>") == -1);
  // Cantonese came with the third generation.
  std::vector<std::string> tokens = WhisperTokens();
  tokens.insert(tokens.begin() + 50358, "<|yue|>");
  const WhisperVocabulary third(tokens, "vocabulary.json");
  CHECK(third.languages().size() == 100 && third.LanguageToken("yue") == 50358 && third.timestamp_begin() == 50365);
}

TEST(PartsOfCharactersAreMadeValid) {
  const WhisperVocabulary& vocabulary = Multilingual();
  const auto tokens = vocabulary.Encode("𠮷");
  CHECK(tokens.size() > 1);
  CHECK(vocabulary.Decode(tokens) == "𠮷");
  CHECK(vocabulary.Decode({tokens[0]}) == "\xef\xbf\xbd");
  CHECK(vocabulary.Decode({50258, 50364, 51864}).empty());
}

TEST(OtherVocabulariesAreRefused) {
  const std::vector<std::string> good = WhisperTokens();
  CHECK(Refused({}) == ErrorCode::kModelInvalid);
  CHECK(Refused({"<|endoftext|>", "<|startoftranscript|>"}) == ErrorCode::kModelInvalid);
  const auto changed = [&](size_t id, const std::string& token) {
    std::vector<std::string> tokens = good;
    tokens[id] = token;
    return Refused(tokens);
  };
  CHECK(changed(50257, "end") == ErrorCode::kModelInvalid);
  CHECK(changed(50260, "<|en|>") == ErrorCode::kModelInvalid);
  CHECK(changed(50260, "<|...|>") == ErrorCode::kModelInvalid);
  CHECK(changed(50363, "<|x|>") == ErrorCode::kModelInvalid);
  CHECK(changed(50364, "<|x|>") == ErrorCode::kModelInvalid);
  // A byte that nothing stands for, and characters outside the alphabet.
  CHECK(changed(0, "aa") == ErrorCode::kModelInvalid);
  CHECK(changed(1000, "日") == ErrorCode::kModelInvalid);
  CHECK(changed(1000, "\xc3") == ErrorCode::kModelInvalid);
  std::vector<std::string> tokens = good;
  tokens.pop_back();
  CHECK(Refused(tokens) == ErrorCode::kModelInvalid);
  tokens = good;
  std::swap(tokens[50257], tokens[50258]);
  CHECK(Refused(tokens) == ErrorCode::kModelInvalid);
}

}  // namespace voicelingua::test
