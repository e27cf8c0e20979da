#include "binding/arguments.h"
#include "binding/calls.h"
#include "binding/environment_ends.h"
#include "binding/handles.h"
#include "binding/results.h"
#include "core/cancel_tokens.h"
#include "core/errors.h"
#include "core/recognizer.h"

namespace voicelingua::binding {
namespace {

constexpr int64_t kMaxThreads = 256;
constexpr int64_t kMaxDecoders = 8;

RecognizeOptions RecognizeOptionsOf(const Napi::Value& value) {
  const Options options(value, "options");
  RecognizeOptions recognize;
  recognize.language = options.String("language");
  recognize.translate = options.Boolean("translate");
  recognize.threads = static_cast<int>(options.Integer("threads", 1, kMaxThreads));
  recognize.beam_size = static_cast<int>(options.Integer("beamSize", 1, kMaxDecoders));
  recognize.best_of = static_cast<int>(options.Integer("bestOf", 1, kMaxDecoders));
  recognize.temperature = static_cast<float>(options.Number("temperature", 0, 1));
  recognize.temperature_increment = static_cast<float>(options.Number("temperatureIncrement", 0, 1));
  if (recognize.temperature_increment > 0 && recognize.temperature_increment < 0.01f) {
    throw Error(ErrorCode::kInvalidArgument, "options.temperatureIncrement must be 0 or at least 0.01.");
  }
  recognize.initial_prompt = options.String("initialPrompt");
  recognize.timestamps = options.Boolean("timestamps");
  recognize.word_timestamps = options.Boolean("wordTimestamps");
  recognize.context = options.Boolean("context");
  return recognize;
}

std::vector<float> CopyOf(const Napi::Float32Array& samples) {
  const size_t length = samples.ElementLength();
  if (length == 0) return {};
  return std::vector<float>(samples.Data(), samples.Data() + length);
}

// The raw API: an exception that the callback throws stays pending and reaches the caller when the call returns.
ProgressCallback ProgressOf(const Napi::Value& value, bool* failed) {
  if (value.IsUndefined()) return nullptr;
  if (!value.IsFunction()) throw Error(ErrorCode::kInvalidArgument, "onProgress must be a function.");
  const napi_env env = value.Env();
  const napi_value callback = value;
  return [env, callback, failed](double fraction) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok) {
      *failed = true;
      return false;
    }
    napi_value receiver;
    napi_value argument;
    const bool called = napi_get_undefined(env, &receiver) == napi_ok &&
                        napi_create_double(env, fraction, &argument) == napi_ok &&
                        napi_call_function(env, receiver, callback, 1, &argument, nullptr) == napi_ok;
    napi_close_handle_scope(env, scope);
    *failed = !called;
    return called;
  };
}

}  // namespace

Napi::Value Recognize(const Napi::CallbackInfo& info) {
  const Using<Recognizer> recognizer(info[0]);
  std::vector<float> samples = CopyOf(FloatsOf(info[1], "samples"));
  const RecognizeOptions options = RecognizeOptionsOf(info[2]);
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[3], "token"));
  bool callback_failed = false;
  const ProgressCallback progress = ProgressOf(info[4], &callback_failed);
  try {
    return ToObject(info.Env(),
                    recognizer->Recognize(std::move(samples), options, *cancel, progress, EnvironmentEnds(info.Env())));
  } catch (const Error&) {
    if (!callback_failed) throw;
    // The callback's own exception is pending and goes to the caller.
    return Napi::Value();
  }
}

Napi::Value DetectLanguage(const Napi::CallbackInfo& info) {
  const Using<Recognizer> recognizer(info[0]);
  std::vector<float> samples = CopyOf(FloatsOf(info[1], "samples"));
  const int threads = static_cast<int>(IntegerOf(info[2], "threads", 1, kMaxThreads));
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[3], "token"));
  const auto languages = recognizer->DetectLanguage(std::move(samples), threads, *cancel, EnvironmentEnds(info.Env()));
  Napi::Array array = Napi::Array::New(info.Env(), languages.size());
  for (uint32_t i = 0; i < languages.size(); ++i) {
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("language", languages[i].language);
    object.Set("probability", languages[i].probability);
    array.Set(i, object);
  }
  return array;
}

}  // namespace voicelingua::binding
