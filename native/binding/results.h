#ifndef VOICELINGUA_BINDING_RESULTS_H_
#define VOICELINGUA_BINDING_RESULTS_H_

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/audio_reader.h"
#include "core/model_inspection.h"
#include "core/recognizer.h"
#include "core/translator.h"

namespace voicelingua::binding {

Napi::Array ToArray(Napi::Env env, const std::vector<std::string>& strings);
Napi::Int32Array ToArray(Napi::Env env, const std::vector<int32_t>& numbers);
Napi::Float32Array ToArray(Napi::Env env, const std::vector<float>& numbers);
Napi::Array ToArray(Napi::Env env, const std::vector<Recognition>& recognitions);
Napi::Array ToArray(Napi::Env env, const std::vector<std::vector<LanguageProbability>>& languages);
Napi::Array ToArray(Napi::Env env, const std::vector<Alignment>& alignments);

Napi::Object ToObject(Napi::Env env, const ModelInspection& inspection);
Napi::Object ToObject(Napi::Env env, const Hypotheses& hypotheses);
Napi::Object ToObject(Napi::Env env, const AudioInfo& info);

}  // namespace voicelingua::binding

#endif  // VOICELINGUA_BINDING_RESULTS_H_
