#include "binding/arguments.h"
#include "binding/calls.h"
#include "binding/environment_ends.h"
#include "binding/handles.h"
#include "binding/results.h"
#include "core/cancel_tokens.h"
#include "core/errors.h"
#include "core/tokenizer.h"
#include "core/translation_model.h"
#include "core/translator.h"

namespace voicelingua::binding {
namespace {

constexpr int64_t kMaxThreads = 256;
constexpr int64_t kMaxBeams = 64;
constexpr int64_t kMaxLength = 1 << 16;
constexpr int64_t kMaxBatch = 1 << 20;

TranslateOptions TranslateOptionsOf(const Napi::Value& value) {
  const Options options(value, "options");
  TranslateOptions translate;
  translate.threads = static_cast<int>(options.Integer("threads", 1, kMaxThreads));
  translate.beam_size = static_cast<size_t>(options.Integer("beamSize", 1, kMaxBeams));
  translate.patience = static_cast<float>(options.Number("patience", 0.01, 100));
  translate.length_penalty = static_cast<float>(options.Number("lengthPenalty", -100, 100));
  translate.coverage_penalty = static_cast<float>(options.Number("coveragePenalty", -100, 100));
  translate.repetition_penalty = static_cast<float>(options.Number("repetitionPenalty", 0.01, 100));
  translate.no_repeat_ngram_size = static_cast<size_t>(options.Integer("noRepeatNgramSize", 0, kMaxLength));
  translate.max_input_length = static_cast<size_t>(options.Integer("maxInputLength", 0, kMaxLength));
  translate.max_decoding_length = static_cast<size_t>(options.Integer("maxDecodingLength", 1, kMaxLength));
  translate.min_decoding_length = static_cast<size_t>(options.Integer("minDecodingLength", 0, kMaxLength));
  translate.num_hypotheses = static_cast<size_t>(options.Integer("numHypotheses", 1, kMaxBeams));
  translate.return_scores = options.Boolean("returnScores");
  translate.max_batch_size = static_cast<size_t>(options.Integer("maxBatchSize", 0, kMaxBatch));
  const std::string batch_type = options.String("batchType");
  if (batch_type != "examples" && batch_type != "tokens") {
    throw Error(ErrorCode::kInvalidArgument, "options.batchType must be examples or tokens, got '" + batch_type + "'.");
  }
  translate.batch_by_tokens = batch_type == "tokens";
  translate.shortlists = options.Strings("shortlists");
  return translate;
}

// Owned by the reference.
const TranslationModel& TranslatorOf(const ModelReference& reference) {
  const auto* model = dynamic_cast<const TranslationModel*>(reference.model().get());
  if (model == nullptr) {
    throw Error(ErrorCode::kModelUnsupported, "Model " + reference.model()->path() + " is no translator.");
  }
  return *model;
}

}  // namespace

Napi::Value Translate(const Napi::CallbackInfo& info) {
  const Using<Translator> translator(info[0]);
  const TokenLists source = StringListsOf(info[1], "source");
  const TokenLists prefix = StringListsOf(info[2], "targetPrefix");
  const TranslateOptions options = TranslateOptionsOf(info[3]);
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[4], "token"));
  const std::vector<Hypotheses> translations =
      translator->Translate(source, prefix, options, *cancel, EnvironmentEnds(info.Env()));
  Napi::Array array = Napi::Array::New(info.Env(), translations.size());
  for (uint32_t i = 0; i < translations.size(); ++i) {
    const Napi::HandleScope scope(info.Env());
    array.Set(i, ToObject(info.Env(), translations[i]));
  }
  return array;
}

Napi::Value SetShortlist(const Napi::CallbackInfo& info) {
  const Using<Translator> translator(info[0]);
  translator->SetShortlist(StringOf(info[1], "name"), Int32sOf(info[2], "ids"));
  return info.Env().Undefined();
}

Napi::Value TranslatorWork(const Napi::CallbackInfo& info) {
  const Using<Translator> translator(info[0]);
  const Translator::Work work = translator->work();
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("rows", static_cast<double>(work.rows));
  object.Set("encoded", static_cast<double>(work.encoded));
  return object;
}

Napi::Value TargetVocabulary(const Napi::CallbackInfo& info) {
  const Using<ModelReference> reference(info[0]);
  return ToArray(info.Env(), TranslatorOf(*reference).Vocabulary());
}

Napi::Value OpenTokenizer(const Napi::CallbackInfo& info) {
  return NewHandle(info.Env(), std::make_shared<Tokenizer>(PathOf(info[0], "path")));
}

Napi::Value Tokenize(const Napi::CallbackInfo& info) {
  const Using<Tokenizer> tokenizer(info[0]);
  const std::vector<std::string> texts = StringsOf(info[1], "texts");
  Napi::Array array = Napi::Array::New(info.Env(), texts.size());
  for (uint32_t i = 0; i < texts.size(); ++i) {
    const Napi::HandleScope scope(info.Env());
    array.Set(i, ToArray(info.Env(), tokenizer->Tokenize(texts[i])));
  }
  return array;
}

Napi::Value Detokenize(const Napi::CallbackInfo& info) {
  const Using<Tokenizer> tokenizer(info[0]);
  const TokenLists pieces = StringListsOf(info[1], "pieces");
  std::vector<std::string> texts;
  texts.reserve(pieces.size());
  for (const auto& list : pieces) texts.push_back(tokenizer->Detokenize(list));
  return ToArray(info.Env(), texts);
}

}  // namespace voicelingua::binding
