#include "binding/environment.h"

#include <vector>

#include "binding/handles.h"

namespace voicelingua::binding {
namespace {

void OnEnvironmentExit(void* handles) {
  auto* owner = static_cast<std::shared_ptr<Environment::Handles>*>(handles);
  (*owner)->CloseAll();
  delete owner;
}

}  // namespace

void Environment::Handles::CloseAll() {
  const std::vector<HandleBox*> boxes(boxes_.begin(), boxes_.end());
  for (HandleBox* box : boxes) box->Close();
}

Environment::Environment(Napi::Env env) : handles_(std::make_shared<Handles>()) {
  napi_add_env_cleanup_hook(env, OnEnvironmentExit, new std::shared_ptr<Handles>(handles_));
}

Environment::~Environment() = default;

Environment& Environment::Of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

void Environment::SetErrorClass(Napi::Function error_class) { error_class_ = Napi::Persistent(error_class); }

Napi::Error Environment::MakeError(Napi::Env env, const Error& error) const {
  const char* code = ErrorCodeName(error.code());
  if (error_class_.IsEmpty()) {
    Napi::Error plain = Napi::Error::New(env, error.what());
    plain.Set("code", Napi::String::New(env, code));
    return plain;
  }
  const Napi::Object instance = error_class_.New({Napi::String::New(env, code), Napi::String::New(env, error.what())});
  return Napi::Error(env, instance);
}

}  // namespace voicelingua::binding
