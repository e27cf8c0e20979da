#include "core/whisper_vocabulary.h"

#include <algorithm>
#include <array>

#include "core/errors.h"
#include "core/rust_calls.h"
#include "core/utf8.h"

namespace voicelingua {
namespace {

// 0.00 to 30.00 s.
constexpr int32_t kTimestamps = 1501;

// GPT-2 writes each byte as a printable character: itself, or one of those from U+0100 on in the order of bytes.
std::array<int16_t, 512> ByteOfCharacter() {
  std::array<int16_t, 512> bytes;
  bytes.fill(-1);
  int16_t next = 256;
  for (int16_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
    bytes[static_cast<size_t>(printable ? byte : next++)] = byte;
  }
  return bytes;
}

// Gives false for a token that is not in the alphabet, whose characters all have one or two bytes.
bool BytesOfToken(const std::string& token, std::string* bytes) {
  static const std::array<int16_t, 512> kBytes = ByteOfCharacter();
  bytes->clear();
  for (size_t at = 0; at < token.size(); ++at) {
    auto character = static_cast<unsigned>(static_cast<unsigned char>(token[at]));
    if (character >= 0x80) {
      if ((character & 0xe0u) != 0xc0u || ++at == token.size()) return false;
      character = ((character & 0x1fu) << 6) | (static_cast<unsigned char>(token[at]) & 0x3fu);
    }
    if (character >= kBytes.size() || kBytes[character] < 0) return false;
    bytes->push_back(static_cast<char>(kBytes[character]));
  }
  return true;
}

// "en" of "<|en|>"; empty for all that is no language.
std::string LanguageOfToken(const std::string& token) {
  if (token.size() < 6 || token.size() > 7 || token.compare(0, 2, "<|") != 0) return "";
  const std::string code = token.substr(2, token.size() - 4);
  const bool letters = std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return letters && token.compare(token.size() - 2, 2, "|>") == 0 ? code : "";
}

}  // namespace

WhisperVocabulary::WhisperVocabulary(const std::vector<std::string>& tokens, const std::string& file)
    : size_(static_cast<int32_t>(tokens.size())), bpe_(nullptr, vlr_bpe_free) {
  const auto damaged = [&](const std::string& what) {
    return Error(ErrorCode::kModelInvalid,
                 "Model file " + file + " is no vocabulary of Whisper: " + what + ". Convert the model again.");
  };
  const auto find = [&](const char* token) {
    const auto found = std::find(tokens.begin(), tokens.end(), token);
    return found == tokens.end() ? -1 : static_cast<int32_t>(found - tokens.begin());
  };
  const auto need = [&](const char* token) {
    const int32_t id = find(token);
    if (id < 0) throw damaged(std::string("it lacks ") + token);
    return id;
  };
  end_of_text_ = need("<|endoftext|>");
  start_of_transcript_ = need("<|startoftranscript|>");
  transcribe_ = need("<|transcribe|>");
  translate_ = need("<|translate|>");
  start_of_model_ = need("<|startoflm|>");
  start_of_previous_ = need("<|startofprev|>");
  no_speech_ = find("<|nospeech|>") >= 0 ? find("<|nospeech|>") : need("<|nocaptions|>");
  no_timestamps_ = need("<|notimestamps|>");
  // The engine computes with this order.
  if (start_of_transcript_ != end_of_text_ + 1 || no_timestamps_ != no_speech_ + 1 ||
      transcribe_ <= start_of_transcript_ || translate_ <= start_of_transcript_ || transcribe_ > no_timestamps_ ||
      translate_ > no_timestamps_ || start_of_previous_ > no_timestamps_) {
    throw damaged("its control tokens are in another order");
  }
  if (size_ - timestamp_begin() != kTimestamps || tokens[static_cast<size_t>(timestamp_begin())] != "<|0.00|>") {
    throw damaged("it does not end in 1501 timestamps");
  }
  multilingual_ = end_of_text_ >= 50257;
  for (int32_t id = start_of_transcript_ + 1; multilingual_ && id < std::min(transcribe_, translate_); ++id) {
    const std::string code = LanguageOfToken(tokens[static_cast<size_t>(id)]);
    if (code.empty() || !language_tokens_.emplace(code, id).second) {
      throw damaged("the token " + std::to_string(id) + " is no language");
    }
    languages_.push_back(code);
  }
  if (multilingual_ && languages_.empty()) throw damaged("it has no languages");

  bytes_.resize(static_cast<size_t>(end_of_text_));
  std::vector<vlr_text> views;
  views.reserve(bytes_.size());
  for (size_t id = 0; id < bytes_.size(); ++id) {
    if (!BytesOfToken(tokens[id], &bytes_[id])) {
      throw damaged("the token " + std::to_string(id) + " is not in GPT-2's byte alphabet");
    }
    views.push_back({bytes_[id].data(), bytes_[id].size()});
  }
  vlr_error error{};
  vlr_bpe* bpe = nullptr;
  if (vlr_bpe_create(views.data(), views.size(), &bpe, &error) != VLR_OK) throw damaged(error.message);
  bpe_.reset(bpe);
}

int32_t WhisperVocabulary::LanguageToken(const std::string& code) const {
  const auto found = language_tokens_.find(code);
  return found == language_tokens_.end() ? -1 : found->second;
}

std::string WhisperVocabulary::Decode(const Tokens& ids) const {
  std::string text;
  for (const int32_t id : ids) {
    if (IsText(id)) text += Bytes(id);
  }
  return ReplaceInvalidUtf8(text);
}

WhisperVocabulary::Tokens WhisperVocabulary::Encode(const std::string& text) const {
  Tokens ids(text.size());
  size_t count = 0;
  vlr_error error{};
  CheckRust(vlr_bpe_encode(bpe_.get(), text.data(), text.size(), ids.data(), &count, &error), error);
  ids.resize(count);
  return ids;
}

}  // namespace voicelingua
