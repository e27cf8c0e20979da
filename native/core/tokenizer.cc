#include "core/tokenizer.h"

#include "core/rust_calls.h"

namespace voicelingua {

Tokenizer::Tokenizer(const std::string& path) : model_(nullptr, vlr_spm_free) {
  vlr_error error{};
  vlr_spm* model = nullptr;
  CheckRust(vlr_spm_load(path.data(), path.size(), &model, &error), error);
  model_.reset(model);
}

std::vector<std::string> Tokenizer::Tokenize(const std::string& text) const {
  vlr_error error{};
  vlr_strings* pieces = nullptr;
  CheckRust(vlr_spm_encode(model_.get(), text.data(), text.size(), &pieces, &error), error);
  return TakeRustStrings(pieces);
}

std::string Tokenizer::Detokenize(const std::vector<std::string>& pieces) const {
  std::vector<vlr_text> views;
  views.reserve(pieces.size());
  for (const std::string& piece : pieces) views.push_back({piece.data(), piece.size()});
  vlr_error error{};
  vlr_strings* text = nullptr;
  CheckRust(vlr_spm_decode(model_.get(), views.data(), views.size(), &text, &error), error);
  const std::vector<std::string> list = TakeRustStrings(text);
  return list.empty() ? std::string() : list.front();
}

}  // namespace voicelingua
