#include "core/translator_replica.h"

#include <ctranslate2/decoding.h>
#include <ctranslate2/layers/transformer.h>
#include <ctranslate2/models/transformer.h>
#include <ctranslate2/ops/ops.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace voicelingua {

using ctranslate2::DataType;
using ctranslate2::StorageView;
using ctranslate2::models::SequenceToSequenceModel;
using Rows = std::vector<std::vector<std::string>>;
using Ids = std::vector<size_t>;

namespace {

// Features of a source beside its tokens, of which no model that the project knows has any.
constexpr size_t kPlainFeatures = 1;

// What the engine's own translation hands on to its search (models/sequence_to_sequence.cc).
ctranslate2::DecodingOptions DecodingOptionsOf(const ctranslate2::TranslationOptions& options,
                                               const ctranslate2::Vocabulary& vocabulary) {
  ctranslate2::DecodingOptions decoding;
  decoding.beam_size = options.beam_size;
  decoding.patience = options.patience;
  decoding.length_penalty = options.length_penalty;
  decoding.coverage_penalty = options.coverage_penalty;
  decoding.repetition_penalty = options.repetition_penalty;
  decoding.no_repeat_ngram_size = options.no_repeat_ngram_size;
  decoding.prefix_bias_beta = options.prefix_bias_beta;
  decoding.max_length = options.max_decoding_length;
  decoding.min_length = options.min_decoding_length;
  decoding.sampling_topk = options.sampling_topk;
  decoding.sampling_topp = options.sampling_topp;
  decoding.sampling_temperature = options.sampling_temperature;
  decoding.num_hypotheses = options.num_hypotheses;
  decoding.return_scores = options.return_scores;
  if (options.callback) {
    decoding.callback = [&options, &vocabulary](const ctranslate2::DecodingStepResult& step) {
      return options.callback(ctranslate2::GenerationStepResult(step, vocabulary));
    };
  }
  return decoding;
}

void SortOnce(Ids* ids) {
  std::sort(ids->begin(), ids->end());
  ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
}

Ids Together(const Ids& left, const Ids& right) {
  Ids both;
  both.reserve(left.size() + right.size());
  std::set_union(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(both));
  return both;
}

// Takes from each row the tokens that only others of its batch may say.
class OwnTokens : public ctranslate2::LogitsProcessor {
 public:
  // `taken` has places in the output for each row of the batch.
  explicit OwnTokens(std::vector<Ids> taken) : taken_(std::move(taken)) {}

  // Before penalties and bans that look at what was said: a token that is taken was never said.
  bool apply_first() const override { return true; }

  void apply(ctranslate2::dim_t, StorageView& logits, ctranslate2::DisableTokens& disable, const StorageView&,
             const std::vector<ctranslate2::dim_t>& batch_offset, const std::vector<Ids>*) override {
    const ctranslate2::dim_t rows = logits.dim(0);
    for (ctranslate2::dim_t row = 0; row < rows; ++row) {
      const auto of = static_cast<size_t>(get_batch_index(rows, row, batch_offset));
      for (const size_t place : taken_[of]) disable.add(row, static_cast<ctranslate2::dim_t>(place));
    }
  }

 private:
  const std::vector<Ids> taken_;
};

}  // namespace

struct TranslatorReplica::Encoded {
  StorageView memory;
  StorageView lengths;
};

TranslatorReplica::TranslatorReplica(const std::shared_ptr<const SequenceToSequenceModel>& model)
    : EncoderDecoderReplica(model, std::make_unique<ctranslate2::layers::TransformerEncoder>(*model, "encoder"),
                            std::make_unique<ctranslate2::layers::TransformerDecoder>(*model, "decoder")),
      model_(model) {}

TranslatorReplica::Encoded TranslatorReplica::Encode(const Rows& source, size_t max_length) {
  std::map<std::vector<std::string>, int32_t> known;
  Rows different;
  std::vector<int32_t> row_of;
  for (const auto& tokens : source) {
    const auto [found, fresh] = known.emplace(tokens, static_cast<int32_t>(different.size()));
    if (fresh) different.push_back(tokens);
    row_of.push_back(found->second);
  }
  rows_ += source.size();
  encoded_ += different.size();
  const auto device = model_->device();
  const auto ids = model_->get_source_vocabulary().to_ids(different, max_length, model_->with_source_bos(),
                                                          model_->with_source_eos());
  Encoded encoded{StorageView(encoder().output_type(), device), StorageView(DataType::INT32, device)};
  const std::vector<StorageView> inputs = {
      ctranslate2::layers::make_sequence_inputs(ids, device, model_->preferred_size_multiple(), &encoded.lengths)};
  encoder()(inputs, encoded.lengths, encoded.memory);
  if (different.size() == source.size()) return encoded;
  const StorageView rows = StorageView({static_cast<ctranslate2::dim_t>(row_of.size())}, row_of).to(device);
  Encoded all{StorageView(encoded.memory.dtype(), device), StorageView(DataType::INT32, device)};
  ctranslate2::ops::Gather(0)(encoded.memory, rows, all.memory);
  ctranslate2::ops::Gather(0)(encoded.lengths, rows, all.lengths);
  return all;
}

void TranslatorReplica::Restrict(Ids ids) {
  allowed_ = std::move(ids);
  if (allowed_.empty()) return;
  const auto& vocabulary = model_->get_target_vocabulary();
  allowed_.insert(allowed_.end(), {vocabulary.unk_id(), vocabulary.bos_id(), vocabulary.eos_id()});
  SortOnce(&allowed_);
}

std::shared_ptr<ctranslate2::LogitsProcessor> TranslatorReplica::RestrictOutput(const Rows& source,
                                                                                const std::vector<Ids>& prefixes) {
  if (allowed_.empty()) {
    SelectOutput({});
    return nullptr;
  }
  const auto& vocabulary = model_->get_target_vocabulary();
  const auto allowed = [this](size_t id) { return std::binary_search(allowed_.begin(), allowed_.end(), id); };
  // What each row may say beside the list.
  std::vector<Ids> own(source.size());
  Ids more;
  for (size_t row = 0; row < source.size(); ++row) {
    for (const std::string& token : source[row]) {
      if (!vocabulary.contains(token)) continue;
      const size_t id = vocabulary.to_id(token);
      if (!allowed(id)) own[row].push_back(id);
    }
    for (const size_t id : prefixes[row]) {
      if (!allowed(id)) own[row].push_back(id);
    }
    SortOnce(&own[row]);
    more.insert(more.end(), own[row].begin(), own[row].end());
  }
  SortOnce(&more);
  SelectOutput(Together(allowed_, more));

  std::vector<Ids> taken(source.size());
  bool any = false;
  for (size_t row = 0; row < source.size(); ++row) {
    std::set_difference(more.begin(), more.end(), own[row].begin(), own[row].end(), std::back_inserter(taken[row]));
    for (size_t& id : taken[row]) id = decoder().to_output_word_id(id);
    any = any || !taken[row].empty();
  }
  return any ? std::make_shared<OwnTokens>(std::move(taken)) : nullptr;
}

void TranslatorReplica::SelectOutput(Ids ids) {
  const size_t all = model_->get_target_vocabulary().size();
  if (ids.size() == all) ids.clear();
  // Picking the rows of the last layer copies them.
  if (!ids.empty() && ids == restricted_) return;
  // The engine keeps places of an earlier choice unless the whole layer is chosen in between.
  if (!ids.empty() || !restricted_.empty()) decoder().update_output_layer(1);
  restricted_.clear();
  const auto multiple = static_cast<size_t>(model_->preferred_size_multiple());
  // A choice that is as large as the whole once it is padded would be taken for the whole.
  const bool whole = !ids.empty() && (ids.size() + multiple - 1) / multiple * multiple == all;
  decoder().update_output_layer(static_cast<ctranslate2::dim_t>(whole ? 1 : multiple), ids);
  restricted_ = std::move(ids);
}

std::vector<ctranslate2::TranslationResult> TranslatorReplica::run_translation(
    const Rows& source, const Rows& target_prefix, const ctranslate2::TranslationOptions& options) {
  if (encoder().num_input_features() != kPlainFeatures || options.return_attention || options.replace_unknowns) {
    return EncoderDecoderReplica::run_translation(source, target_prefix, options);
  }
  const auto scoped_device = model_->get_scoped_device_setter();
  const auto& vocabulary = model_->get_target_vocabulary();
  const auto prefixes =
      vocabulary.to_ids(target_prefix, /*max_length=*/0, model_->decoder_start_token(), /*suffix=*/nullptr);
  Encoded encoded = Encode(source, options.max_input_length);
  ctranslate2::layers::DecoderState state = decoder().initial_state();
  state.emplace("memory", std::move(encoded.memory));
  state.emplace("memory_lengths", std::move(encoded.lengths));
  ctranslate2::DecodingOptions decoding = DecodingOptionsOf(options, vocabulary);
  if (auto own = RestrictOutput(source, prefixes)) decoding.logits_processors.push_back(std::move(own));

  const std::vector<size_t> ends = {vocabulary.eos_id()};
  auto results = ctranslate2::decode(decoder(), state, prefixes, ends, std::move(decoding));
  std::vector<ctranslate2::TranslationResult> translations;
  translations.reserve(results.size());
  for (auto& result : results) {
    for (auto& hypothesis : result.hypotheses) {
      while (!hypothesis.empty() && hypothesis.back() == vocabulary.eos_id()) hypothesis.pop_back();
    }
    translations.emplace_back(vocabulary.to_tokens(result.hypotheses), std::move(result.scores),
                              std::vector<std::vector<std::vector<float>>>(), std::vector<std::vector<StorageView>>());
  }
  return translations;
}

std::unique_ptr<ctranslate2::models::SequenceToSequenceReplica> OpenReplica(
    const std::shared_ptr<const SequenceToSequenceModel>& model) {
  if (dynamic_cast<const ctranslate2::models::TransformerModel*>(model.get()) == nullptr) {
    return model->as_sequence_to_sequence();
  }
  const auto scoped_device = model->get_scoped_device_setter();
  return std::make_unique<TranslatorReplica>(model);
}

}  // namespace voicelingua
