#include "binding/arguments.h"
#include "binding/calls.h"
#include "binding/environment_ends.h"
#include "binding/handles.h"
#include "binding/results.h"
#include "core/cancel_tokens.h"
#include "core/errors.h"
#include "core/speech_detector.h"

namespace voicelingua::binding {

Napi::Value OpenDetector(const Napi::CallbackInfo& info) {
  const bool embedded = info[0].IsString() && info[0].As<Napi::String>().Utf8Value().empty();
  const std::string path = embedded ? std::string() : PathOf(info[0], "path");
  return NewHandle(info.Env(), std::shared_ptr<SpeechDetector>(OpenSpeechDetector(path)));
}

Napi::Value DetectorInfo(const Napi::CallbackInfo& info) {
  const Using<SpeechDetector> detector(info[0]);
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("engine", detector->engine());
  object.Set("frameSamples", static_cast<double>(detector->frame_samples()));
  object.Set("defaultThreshold", static_cast<double>(detector->default_threshold()));
  return object;
}

Napi::Value DetectSpeech(const Napi::CallbackInfo& info) {
  const Using<SpeechDetector> detector(info[0]);
  const Napi::Float32Array floats = FloatsOf(info[1], "samples");
  const size_t length = floats.ElementLength();
  const std::vector<float> samples =
      length == 0 ? std::vector<float>() : std::vector<float>(floats.Data(), floats.Data() + length);
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[2], "token"));
  return ToArray(info.Env(), detector->Detect(samples, *cancel, EnvironmentEnds(info.Env())));
}

Napi::Value FlushDetector(const Napi::CallbackInfo& info) {
  const Using<SpeechDetector> detector(info[0]);
  return ToArray(info.Env(), detector->Flush());
}

Napi::Value ResetDetector(const Napi::CallbackInfo& info) {
  const Using<SpeechDetector> detector(info[0]);
  detector->Reset();
  return info.Env().Undefined();
}

}  // namespace voicelingua::binding
