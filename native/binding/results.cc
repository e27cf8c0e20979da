#include "binding/results.h"

#include <cstring>

namespace voicelingua::binding {
namespace {

// Elements are made inside a scope of their own: a long list would otherwise pile up handles until the call returns.
template <typename Items, typename Make>
Napi::Array MapToArray(Napi::Env env, const Items& items, Make make) {
  Napi::Array array = Napi::Array::New(env, items.size());
  uint32_t index = 0;
  for (const auto& item : items) {
    const Napi::HandleScope scope(env);
    array.Set(index++, make(item));
  }
  return array;
}

template <typename Array, typename T>
Array CopyToTyped(Napi::Env env, const std::vector<T>& numbers) {
  Array array = Array::New(env, numbers.size());
  if (!numbers.empty()) std::memcpy(array.Data(), numbers.data(), numbers.size() * sizeof(T));
  return array;
}

Napi::Array WordArray(Napi::Env env, const std::vector<Word>& words) {
  return MapToArray(env, words, [&](const Word& word) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("word", word.text);
    object.Set("start", word.start);
    object.Set("end", word.end);
    object.Set("probability", word.probability);
    object.Set("tokens", static_cast<double>(word.tokens));
    return object;
  });
}

Napi::Object SegmentObject(Napi::Env env, const Segment& segment) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("start", segment.start);
  object.Set("end", segment.end);
  object.Set("text", segment.text);
  object.Set("noSpeechProbability", segment.no_speech_probability);
  object.Set("averageLogprob", segment.average_logprob);
  object.Set("compressionRatio", segment.compression_ratio);
  object.Set("temperature", segment.temperature);
  object.Set("tokens", CopyToTyped<Napi::Int32Array>(env, segment.tokens));
  object.Set("probabilities", CopyToTyped<Napi::Float32Array>(env, segment.probabilities));
  object.Set("words", WordArray(env, segment.words));
  return object;
}

}  // namespace

Napi::Array ToArray(Napi::Env env, const std::vector<std::string>& strings) {
  return MapToArray(env, strings, [&](const std::string& text) { return Napi::String::New(env, text); });
}

Napi::Int32Array ToArray(Napi::Env env, const std::vector<int32_t>& numbers) {
  return CopyToTyped<Napi::Int32Array>(env, numbers);
}

Napi::Float32Array ToArray(Napi::Env env, const std::vector<float>& numbers) {
  return CopyToTyped<Napi::Float32Array>(env, numbers);
}

Napi::Array ToArray(Napi::Env env, const std::vector<Recognition>& recognitions) {
  return MapToArray(env, recognitions, [&](const Recognition& recognition) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("segments", MapToArray(env, recognition.segments,
                                      [&](const Segment& segment) { return SegmentObject(env, segment); }));
    object.Set("tokens", ToArray(env, recognition.tokens));
    object.Set("language", recognition.language);
    object.Set("noSpeechProbability", recognition.no_speech_probability);
    object.Set("averageLogprob", recognition.average_logprob);
    object.Set("compressionRatio", recognition.compression_ratio);
    object.Set("temperature", recognition.temperature);
    object.Set("failed", recognition.failed);
    return object;
  });
}

Napi::Array ToArray(Napi::Env env, const std::vector<std::vector<LanguageProbability>>& languages) {
  return MapToArray(env, languages, [&](const std::vector<LanguageProbability>& list) {
    return MapToArray(env, list, [&](const LanguageProbability& language) {
      Napi::Object object = Napi::Object::New(env);
      object.Set("language", language.language);
      object.Set("probability", language.probability);
      return object;
    });
  });
}

Napi::Array ToArray(Napi::Env env, const std::vector<Alignment>& alignments) {
  return MapToArray(env, alignments, [&](const Alignment& alignment) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("words", WordArray(env, alignment.words));
    object.Set("averageLogprob", alignment.average_logprob);
    return object;
  });
}

Napi::Object ToObject(Napi::Env env, const ModelInspection& inspection) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("format", ModelFormatName(inspection.format));
  object.Set("bytes", static_cast<double>(inspection.bytes));
  object.Set("multilingual", inspection.multilingual);
  object.Set("languages", ToArray(env, inspection.languages));
  Napi::Object dimensions = Napi::Object::New(env);
  for (const auto& [name, value] : inspection.dimensions) dimensions.Set(name, static_cast<double>(value));
  object.Set("dimensions", dimensions);
  object.Set("quantization", inspection.quantization);
  return object;
}

Napi::Object ToObject(Napi::Env env, const Hypotheses& hypotheses) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("hypotheses", MapToArray(env, hypotheses.tokens,
                                      [&](const std::vector<std::string>& tokens) { return ToArray(env, tokens); }));
  object.Set("scores", ToArray(env, hypotheses.scores));
  return object;
}

Napi::Object ToObject(Napi::Env env, const AudioInfo& info) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("container", info.container);
  object.Set("codec", info.codec);
  object.Set("sampleRate", info.sample_rate);
  object.Set("channels", info.channels);
  object.Set("duration", info.duration);
  return object;
}

}  // namespace voicelingua::binding
