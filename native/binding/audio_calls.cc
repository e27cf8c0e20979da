#include "binding/arguments.h"
#include "binding/calls.h"
#include "binding/handles.h"
#include "binding/results.h"
#include "core/audio_reader.h"
#include "core/cancel_tokens.h"
#include "core/errors.h"
#include "core/sample_store.h"

namespace voicelingua::binding {
namespace {

constexpr int64_t kMaxChannels = 1024;
constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

bool IsBytes(const Napi::Value& value) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
}

}  // namespace

Napi::Value OpenAudio(const Napi::CallbackInfo& info) {
  const Options options(info[1], "options");
  const int channel = static_cast<int>(options.Integer("channel", -1, kMaxChannels - 1));
  if (IsBytes(info[0])) {
    const auto bytes = info[0].As<Napi::Uint8Array>();
    return NewHandle(info.Env(), std::make_shared<AudioReader>(
                                     AudioReader::FromMemory(bytes.Data(), bytes.ElementLength(), channel)));
  }
  if (!info[0].IsString()) throw Error(ErrorCode::kInvalidArgument, "source must be a path or a Uint8Array.");
  return NewHandle(info.Env(),
                   std::make_shared<AudioReader>(AudioReader::FromFile(PathOf(info[0], "source"), channel)));
}

Napi::Value AudioInfoCall(const Napi::CallbackInfo& info) {
  const Using<AudioReader> audio(info[0]);
  return ToObject(info.Env(), audio->Info());
}

Napi::Value ReadAudio(const Napi::CallbackInfo& info) {
  const Using<AudioReader> audio(info[0]);
  Napi::Float32Array buffer = FloatsOf(info[1], "buffer");
  const CancelFlagRef cancel = FindCancelFlag(TokenOf(info[2], "token"));
  if (buffer.ElementLength() == 0) throw Error(ErrorCode::kInvalidArgument, "buffer must have room for samples.");
  return Napi::Number::New(info.Env(),
                           static_cast<double>(audio->Read(buffer.Data(), buffer.ElementLength(), *cancel)));
}

Napi::Value AudioWarnings(const Napi::CallbackInfo& info) {
  const Using<AudioReader> audio(info[0]);
  return ToArray(info.Env(), audio->Warnings());
}

Napi::Value KeepSamplesCall(const Napi::CallbackInfo& info) {
  const Napi::Float32Array floats = FloatsOf(info[0], "samples");
  const bool empties = BooleanOf(info[1], "empties");
  const uint64_t number = KeepSamples(std::make_shared<const Sound>(floats.Data(), floats.ElementLength()));
  // Memory of an array that nobody needs any more would stay until the next collection of garbage, some hundred
  // megabytes later: the array itself is small.
  Napi::ArrayBuffer buffer = floats.ArrayBuffer();
  if (empties && !buffer.IsDetached()) buffer.Detach();
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

Napi::Value DropSamplesCall(const Napi::CallbackInfo& info) {
  DropSamples(static_cast<uint64_t>(IntegerOf(info[0], "number", 0, kMaxSafeInteger)));
  return info.Env().Undefined();
}

}  // namespace voicelingua::binding
