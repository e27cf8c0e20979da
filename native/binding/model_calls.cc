#include "binding/arguments.h"
#include "binding/calls.h"
#include "binding/handles.h"
#include "binding/results.h"
#include "core/model_inspection.h"
#include "core/model_registry.h"

namespace voicelingua::binding {
namespace {

constexpr int64_t kMaxDevices = 64;

Device DeviceOf(const Options& options) {
  const std::string name = options.String("device");
  if (name == "cpu") return Device::kCpu;
  if (name == "cuda") return Device::kCuda;
  throw Error(ErrorCode::kInvalidArgument, "options.device must be cpu or cuda, got '" + name + "'.");
}

}  // namespace

Napi::Value InspectModelCall(const Napi::CallbackInfo& info) {
  return ToObject(info.Env(), InspectModel(PathOf(info[0], "path")));
}

Napi::Value OpenModelCall(const Napi::CallbackInfo& info) {
  const std::string path = PathOf(info[0], "path");
  const Options options(info[1], "options");
  ModelOptions model_options;
  model_options.device = DeviceOf(options);
  model_options.device_index = static_cast<int>(options.Integer("deviceIndex", 0, kMaxDevices - 1));
  model_options.compute_type = options.String("computeType");
  return NewHandle(info.Env(), std::shared_ptr<ModelReference>(OpenModel(path, model_options)));
}

Napi::Value OpenRecognizerCall(const Napi::CallbackInfo& info) {
  const Using<ModelReference> model(info[0]);
  return NewHandle(info.Env(), std::shared_ptr<Recognizer>(OpenRecognizer(model->model())));
}

Napi::Value OpenTranslatorCall(const Napi::CallbackInfo& info) {
  const Using<ModelReference> model(info[0]);
  return NewHandle(info.Env(), std::shared_ptr<Translator>(OpenTranslator(model->model())));
}

Napi::Value Close(const Napi::CallbackInfo& info) {
  BoxOf(info[0])->Close();
  return info.Env().Undefined();
}

}  // namespace voicelingua::binding
