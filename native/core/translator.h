#ifndef VOICELINGUA_CORE_TRANSLATOR_H_
#define VOICELINGUA_CORE_TRANSLATOR_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"
#include "core/translation_model.h"

namespace ctranslate2::models {
class SequenceToSequenceReplica;
}

namespace voicelingua {

// Names and defaults of Python's Translator.translate_batch.
struct TranslateOptions {
  int threads = 1;
  size_t beam_size = 2;
  float patience = 1;
  float length_penalty = 1;
  float coverage_penalty = 0;
  float repetition_penalty = 1;
  size_t no_repeat_ngram_size = 0;
  size_t max_input_length = 1024;
  size_t max_decoding_length = 256;
  size_t min_decoding_length = 1;
  size_t num_hypotheses = 1;
  bool return_scores = false;
  // 0 runs everything as one batch.
  size_t max_batch_size = 0;
  // Whether max_batch_size counts source tokens, padding included, instead of examples.
  bool batch_by_tokens = false;
  // Names of the shortlists that the output is kept to, all together, and each row to the tokens of its own source;
  // empty for the whole vocabulary.
  std::vector<std::string> shortlists;
};

struct Hypotheses {
  // Best first.
  std::vector<std::vector<std::string>> tokens;
  // Empty unless asked for.
  std::vector<float> scores;
};

using TokenLists = std::vector<std::vector<std::string>>;

// A lane's replica on shared weights. One call at a time, on any thread.
class Translator {
 public:
  explicit Translator(std::shared_ptr<TranslationModel> model);
  ~Translator();

  // `target_prefix` has the size of `source`, or is empty. Gives what Python's translate_batch gives: the same sorting
  // and splitting into batches. Blocks; the flag is asked between batches, and with beam size 1 at every token.
  std::vector<Hypotheses> Translate(const TokenLists& source, const TokenLists& target_prefix,
                                    const TranslateOptions& options, const CancelFlag& cancel, const StopCheck& stop);

  // Names a part of the target vocabulary, for TranslateOptions. Throws kInvalidArgument for an id that it does not
  // have.
  void SetShortlist(const std::string& name, const std::vector<int32_t>& ids);

  struct Work {
    size_t rows = 0;
    // Sources that were encoded for them: rows of a batch with the same source share one.
    size_t encoded = 0;
  };
  // Of all translations so far; zeros where the engine's own replica is used.
  Work work() const;

 private:
  void Restrict(const std::vector<std::string>& names);

  const std::shared_ptr<TranslationModel> model_;
  const std::unique_ptr<ctranslate2::models::SequenceToSequenceReplica> replica_;
  // Ids, sorted.
  std::map<std::string, std::vector<size_t>> shortlists_;
};

// Throws kModelUnsupported when the model is no translator.
std::unique_ptr<Translator> OpenTranslator(const std::shared_ptr<LoadedModel>& model);

}  // namespace voicelingua

#endif  // VOICELINGUA_CORE_TRANSLATOR_H_
