#include "core/translator.h"

#include <ctranslate2/batch_reader.h>
#include <ctranslate2/models/sequence_to_sequence.h>
#include <ctranslate2/utils.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "core/errors.h"
#include "core/translator_replica.h"

namespace voicelingua {
namespace {

ctranslate2::TranslationOptions EngineOptions(const TranslateOptions& options, const CancelFlag& cancel,
                                              const StopCheck& stop) {
  ctranslate2::TranslationOptions engine;
  engine.beam_size = options.beam_size;
  engine.patience = options.patience;
  engine.length_penalty = options.length_penalty;
  engine.coverage_penalty = options.coverage_penalty;
  engine.repetition_penalty = options.repetition_penalty;
  engine.no_repeat_ngram_size = options.no_repeat_ngram_size;
  engine.max_input_length = options.max_input_length;
  engine.max_decoding_length = options.max_decoding_length;
  engine.min_decoding_length = options.min_decoding_length;
  engine.num_hypotheses = options.num_hypotheses;
  engine.return_scores = options.return_scores;
  // The engine refuses a callback for beams.
  if (options.beam_size == 1) {
    engine.callback = [&](const ctranslate2::GenerationStepResult&) { return cancel.stopped() || (stop && stop()); };
  }
  return engine;
}

std::unique_ptr<ctranslate2::models::SequenceToSequenceReplica> MakeReplica(const TranslationModel& model) {
  try {
    ctranslate2::set_num_threads(1);
    return OpenReplica(model.engine());
  } catch (...) {
    throw CurrentExceptionAsError(ErrorCode::kModelInvalid, "opening a translator on " + model.path());
  }
}

}  // namespace

Translator::Translator(std::shared_ptr<TranslationModel> model)
    : model_(std::move(model)), replica_(MakeReplica(*model_)) {}

Translator::~Translator() = default;

void Translator::SetShortlist(const std::string& name, const std::vector<int32_t>& ids) {
  const size_t size = model_->engine()->get_target_vocabulary().size();
  std::set<size_t> sorted;
  for (const int32_t id : ids) {
    if (id < 0 || static_cast<size_t>(id) >= size) {
      throw Error(ErrorCode::kInvalidArgument, "Shortlist '" + name + "' has the id " + std::to_string(id) +
                                                   "; model " + model_->path() + " has ids below " +
                                                   std::to_string(size) + ".");
    }
    sorted.insert(static_cast<size_t>(id));
  }
  shortlists_[name].assign(sorted.begin(), sorted.end());
}

void Translator::Restrict(const std::vector<std::string>& names) {
  std::vector<size_t> ids;
  for (const std::string& name : names) {
    const auto found = shortlists_.find(name);
    if (found == shortlists_.end()) {
      throw Error(ErrorCode::kInvalidArgument, "Model " + model_->path() + " has no shortlist '" + name + "'.");
    }
    std::vector<size_t> together;
    std::set_union(ids.begin(), ids.end(), found->second.begin(), found->second.end(), std::back_inserter(together));
    ids = std::move(together);
  }
  auto* replica = dynamic_cast<TranslatorReplica*>(replica_.get());
  if (replica != nullptr) replica->Restrict(std::move(ids));
}

Translator::Work Translator::work() const {
  const auto* replica = dynamic_cast<const TranslatorReplica*>(replica_.get());
  return replica == nullptr ? Work{} : Work{replica->rows(), replica->encoded()};
}

std::vector<Hypotheses> Translator::Translate(const TokenLists& source, const TokenLists& target_prefix,
                                              const TranslateOptions& options, const CancelFlag& cancel,
                                              const StopCheck& stop) {
  if (!target_prefix.empty() && target_prefix.size() != source.size()) {
    throw Error(ErrorCode::kInvalidArgument, "targetPrefix has " + std::to_string(target_prefix.size()) +
                                                 " entries for " + std::to_string(source.size()) + " sources.");
  }
  cancel.ThrowIfStopped();
  Restrict(options.shortlists);
  std::vector<Hypotheses> translations(source.size());
  if (source.empty()) return translations;
  try {
    // The engine keeps the number of threads for each calling thread.
    ctranslate2::set_num_threads(static_cast<size_t>(options.threads));
    const ctranslate2::TranslationOptions engine_options = EngineOptions(options, cancel, stop);
    const auto batch_type = options.batch_by_tokens ? ctranslate2::BatchType::Tokens : ctranslate2::BatchType::Examples;
    const auto batches = ctranslate2::rebatch_input(ctranslate2::load_examples({source, target_prefix}),
                                                    options.max_batch_size, batch_type);
    for (const ctranslate2::Batch& batch : batches) {
      auto results = replica_->translate(batch.get_stream(0), batch.get_stream(1), engine_options);
      cancel.ThrowIfStopped();
      if (stop && stop()) throw Error(ErrorCode::kCancelled, "The caller stopped the translation.");
      for (size_t i = 0; i < results.size(); ++i) {
        Hypotheses& translation = translations[batch.example_index[i]];
        translation.tokens = std::move(results[i].hypotheses);
        translation.scores = std::move(results[i].scores);
      }
    }
  } catch (...) {
    throw CurrentExceptionAsError(ErrorCode::kEngineFailed, "translating");
  }
  return translations;
}

std::unique_ptr<Translator> OpenTranslator(const std::shared_ptr<LoadedModel>& model) {
  auto translation_model = std::dynamic_pointer_cast<TranslationModel>(model);
  if (!translation_model) {
    throw Error(ErrorCode::kModelUnsupported,
                "Model " + model->path() + " is no translator (" + ModelFormatName(model->inspection().format) + ").");
  }
  return std::make_unique<Translator>(std::move(translation_model));
}

}  // namespace voicelingua
