#ifndef VOICELINGUA_CORE_WHISPER_VOCABULARY_H_
#define VOICELINGUA_CORE_WHISPER_VOCABULARY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct vlr_bpe;

namespace voicelingua {

// Whisper's tokens by their number: bytes of text, then control tokens, languages and timestamps. Immutable.
class WhisperVocabulary {
 public:
  using Tokens = std::vector<int32_t>;

  // `tokens` in the order of ids, text in GPT-2's byte alphabet. Throws kModelInvalid naming `file` when it is no
  // vocabulary of Whisper, or not laid out as CTranslate2 takes for granted.
  WhisperVocabulary(const std::vector<std::string>& tokens, const std::string& file);

  int32_t size() const { return size_; }
  // Text tokens have lower ids.
  int32_t end_of_text() const { return end_of_text_; }
  int32_t start_of_transcript() const { return start_of_transcript_; }
  int32_t transcribe() const { return transcribe_; }
  int32_t translate() const { return translate_; }
  int32_t start_of_model() const { return start_of_model_; }
  int32_t start_of_previous() const { return start_of_previous_; }
  int32_t no_speech() const { return no_speech_; }
  int32_t no_timestamps() const { return no_timestamps_; }
  // <|0.00|>; every further token is 20 ms later.
  int32_t timestamp_begin() const { return no_timestamps_ + 1; }
  bool multilingual() const { return multilingual_; }

  // Whisper codes, in the order of their tokens: 99, or 100 with Cantonese. Empty in English models.
  const std::vector<std::string>& languages() const { return languages_; }
  // The token of a language, -1 when there is none.
  int32_t LanguageToken(const std::string& code) const;

  bool IsText(int32_t id) const { return id >= 0 && id < end_of_text_; }
  // Of a text token: may begin or end inside a character.
  const std::string& Bytes(int32_t id) const { return bytes_.at(static_cast<size_t>(id)); }

  // The text tokens among `ids`, as valid UTF-8.
  std::string Decode(const Tokens& ids) const;

  // What stands in `text` is text: a control token written out is not one. Throws kInvalidArgument when not UTF-8.
  Tokens Encode(const std::string& text) const;

 private:
  int32_t size_;
  int32_t end_of_text_ = -1;
  int32_t start_of_transcript_ = -1;
  int32_t transcribe_ = -1;
  int32_t translate_ = -1;
  int32_t start_of_model_ = -1;
  int32_t start_of_previous_ = -1;
  int32_t no_speech_ = -1;
  int32_t no_timestamps_ = -1;
  bool multilingual_ = false;
  std::vector<std::string> bytes_;
  std::vector<std::string> languages_;
  std::unordered_map<std::string, int32_t> language_tokens_;
  std::unique_ptr<vlr_bpe, void (*)(vlr_bpe*)> bpe_;
};

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_WHISPER_VOCABULARY_H_
