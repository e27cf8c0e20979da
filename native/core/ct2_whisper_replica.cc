#include "core/ct2_whisper_replica.h"

#include <ctranslate2/models/whisper.h>
#include <ctranslate2/ops/ops.h>
#include <ctranslate2/random.h>
#include <ctranslate2/utils.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "core/errors.h"
#include "core/rust_calls.h"
#include "core/utf8.h"
#include "kernels/engine_attention.h"

namespace voicelingua {
namespace {

using ctranslate2::StorageView;

// faster-whisper's: the first timestamp is at most 1 s, in steps of 20 ms.
constexpr size_t kMaxInitialTimestamp = 50;
// openai/whisper's width.
constexpr ctranslate2::dim_t kMedianFilter = 7;

std::vector<size_t> Sizes(const std::vector<int32_t>& ids) { return {ids.begin(), ids.end()}; }

std::vector<int> SuppressedIds(const std::optional<std::vector<int32_t>>& wanted, const Ct2WhisperModel& model) {
  const WhisperVocabulary& vocabulary = model.vocabulary();
  // Never text, whatever is asked.
  std::vector<int> ids = {vocabulary.transcribe(),     vocabulary.translate(),         vocabulary.start_of_transcript(),
                          vocabulary.start_of_model(), vocabulary.start_of_previous(), vocabulary.no_speech()};
  for (const int32_t id : wanted.value_or(std::vector<int32_t>{-1})) {
    if (id == -1) {
      ids.insert(ids.end(), model.config().suppressed.begin(), model.config().suppressed.end());
    } else if (id < vocabulary.size()) {
      ids.push_back(id);
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Which texts are aligned in one call. The engine takes the mean of the attention over the longest text of a call where
// its windows are of one length (CTranslate2 4.8.4, WhisperReplica::align): beside a longer text a word's times are
// others, and worse ones. On a CPU each text is a call, so that no sum depends on neighbours; a GPU gets texts of one
// length together.
std::vector<std::vector<size_t>> AlignCalls(Device device, const std::vector<std::vector<int32_t>>& texts) {
  std::vector<std::vector<size_t>> calls;
  std::map<size_t, size_t> call_of;  // By length.
  for (size_t i = 0; i < texts.size(); ++i) {
    if (device != Device::kCuda || call_of.emplace(texts[i].size(), calls.size()).second) {
      calls.push_back({i});
    } else {
      calls[call_of.at(texts[i].size())].push_back(i);
    }
  }
  return calls;
}

}  // namespace

class EncodedWindows {
 public:
  explicit EncodedWindows(StorageView output) : output_(std::move(output)) {}

  StorageView All() const { return output_; }

  StorageView Rows(const std::vector<size_t>& rows) const {
    const std::vector<int32_t> indices(rows.begin(), rows.end());
    const StorageView at({static_cast<ctranslate2::dim_t>(indices.size())}, indices, output_.device());
    StorageView chosen(output_.dtype(), output_.device());
    ctranslate2::ops::Gather(0)(output_, at, chosen);
    return chosen;
  }

 private:
  const StorageView output_;
};

struct Ct2WhisperReplica::Engine {
  std::unique_ptr<ctranslate2::models::WhisperReplica> replica;
};

Ct2WhisperReplica::Ct2WhisperReplica(const Ct2WhisperModel& model)
    : model_(model), engine_(std::make_unique<Engine>()) {
  try {
    ctranslate2::set_num_threads(1);
    engine_->replica = ctranslate2::models::WhisperReplica::create_from_model(*model.engine());
  } catch (...) {
    throw CurrentExceptionAsError(ErrorCode::kModelInvalid, "opening a recognizer on " + model.path());
  }
}

Ct2WhisperReplica::~Ct2WhisperReplica() = default;

std::shared_ptr<const EncodedWindows> Ct2WhisperReplica::Encode(size_t windows,
                                                                const std::function<Features(size_t)>& features_of,
                                                                const std::function<void()>& check) {
  const auto bands = static_cast<ctranslate2::dim_t>(model_.size().mel_bands);
  const auto count = static_cast<ctranslate2::dim_t>(windows);
  if (model_.device() == Device::kCuda) {
    std::vector<float> all;
    ctranslate2::dim_t frames = 0;
    for (size_t i = 0; i < windows; ++i) {
      const Features features = features_of(i);
      frames = static_cast<ctranslate2::dim_t>(features.width);
      all.insert(all.end(), features.values.begin(), features.values.end());
    }
    check();
    StorageView input({count, bands, frames}, all);
    return std::make_shared<EncodedWindows>(engine_->replica->encode(std::move(input), /*to_cpu=*/false));
  }
  // One window fills a core's matrix product, so a batch of them is no faster; this way a cancel waits for one only,
  // and what a window's encoding is does not depend on its neighbours.
  std::vector<StorageView> outputs;
  outputs.reserve(windows);
  const kernels::EncoderAttention attention;
  for (size_t i = 0; i < windows; ++i) {
    check();
    const Features features = features_of(i);
    const auto frames = static_cast<ctranslate2::dim_t>(features.width);
    outputs.push_back(engine_->replica->encode(StorageView({1, bands, frames}, features.values), /*to_cpu=*/false));
  }
  if (outputs.size() == 1) return std::make_shared<EncodedWindows>(std::move(outputs.front()));
  std::vector<const StorageView*> parts;
  for (const StorageView& output : outputs) parts.push_back(&output);
  StorageView joined(outputs.front().dtype(), outputs.front().device());
  ctranslate2::ops::Concat(0)(parts, joined);
  return std::make_shared<EncodedWindows>(std::move(joined));
}

std::vector<std::vector<LanguageProbability>> Ct2WhisperReplica::DetectLanguage(const EncodedWindows& encoded) {
  std::vector<std::vector<LanguageProbability>> languages;
  for (const auto& row : engine_->replica->detect_language(encoded.All())) {
    std::vector<LanguageProbability> list;
    // "en" of "<|en|>".
    for (const auto& [token, probability] : row) list.push_back({token.substr(2, token.size() - 4), probability});
    languages.push_back(std::move(list));
  }
  return languages;
}

std::vector<Decoding> Ct2WhisperReplica::Decode(const EncodedWindows& encoded, const std::vector<size_t>& rows,
                                                const std::vector<std::vector<int32_t>>& prompts,
                                                const RecognizeOptions& options, float temperature) {
  ctranslate2::models::WhisperOptions engine;
  engine.length_penalty = options.length_penalty < 0 ? 1.0f : options.length_penalty;
  engine.repetition_penalty = options.repetition_penalty;
  engine.no_repeat_ngram_size = static_cast<size_t>(options.no_repeat_ngram_size);
  engine.max_length = static_cast<size_t>(model_.size().text_context);
  engine.return_scores = true;
  engine.return_no_speech_prob = true;
  engine.max_initial_timestamp_index = kMaxInitialTimestamp;
  engine.suppress_tokens = SuppressedIds(options.suppress_tokens, model_);
  if (temperature > 0) {
    engine.beam_size = 1;
    engine.num_hypotheses = static_cast<size_t>(options.best_of);
    engine.sampling_topk = 0;
    engine.sampling_temperature = temperature;
    // The engine's generator belongs to the thread and goes on from call to call.
    ctranslate2::get_random_generator().seed(options.seed);
  } else {
    engine.beam_size = static_cast<size_t>(options.beam_size);
    engine.patience = options.patience;
  }
  std::vector<std::vector<size_t>> starts;
  starts.reserve(prompts.size());
  for (const auto& prompt : prompts) starts.push_back(Sizes(prompt));

  std::vector<Decoding> decodings;
  for (auto& result : engine_->replica->generate(encoded.Rows(rows), starts, engine)) {
    Decoding decoding;
    const auto& ids = result.sequences_ids.at(0);
    decoding.tokens.assign(ids.begin(), ids.end());
    decoding.no_speech_probability = result.no_speech_prob;
    const auto length = static_cast<float>(ids.size());
    // The score is normalised by the length; the mean is over the end of text too.
    const float mean = result.scores.at(0) * std::pow(length, engine.length_penalty) / (length + 1);
    // No token at all has no mean.
    decoding.average_logprob = std::isfinite(mean) ? mean : 0.0f;
    decoding.compression_ratio = CompressionRatio(Trimmed(model_.vocabulary().Decode(decoding.tokens)));
    decoding.temperature = temperature;
    decodings.push_back(std::move(decoding));
  }
  return decodings;
}

std::vector<TokenAlignment> Ct2WhisperReplica::Align(const EncodedWindows& encoded, const std::vector<size_t>& rows,
                                                     const std::vector<int32_t>& start,
                                                     const std::vector<std::vector<int32_t>>& texts,
                                                     const std::vector<size_t>& frames) {
  std::vector<TokenAlignment> alignments(rows.size());
  for (const std::vector<size_t>& call : AlignCalls(model_.device(), texts)) {
    std::vector<size_t> windows;
    std::vector<std::vector<size_t>> tokens;
    std::vector<size_t> sizes;
    for (const size_t i : call) {
      windows.push_back(rows[i]);
      tokens.push_back(Sizes(texts[i]));
      sizes.push_back(frames[i]);
    }
    auto results = engine_->replica->align(encoded.Rows(windows), Sizes(start), tokens, sizes, kMedianFilter);
    for (size_t k = 0; k < call.size(); ++k) {
      TokenAlignment& alignment = alignments[call[k]];
      alignment.path.assign(results[k].alignments.begin(), results[k].alignments.end());
      alignment.probabilities = std::move(results[k].text_token_probs);
    }
  }
  return alignments;
}

}  // namespace voicelingua
