#include "binding/handles.h"

#include <atomic>
#include <string>

namespace voicelingua::binding {
namespace {

constexpr napi_type_tag kTag = {0x6f1c9d1b5a3e4c27, 0x9b7d40e2c85fa613};

std::array<std::atomic<int>, kHandleKinds> g_counts{};

}  // namespace

const char* HandleKindName(HandleKind kind) {
  static constexpr const char* kNames[kHandleKinds] = {"model",     "recognizer", "translator",
                                                       "tokenizer", "audio",      "detector"};
  return kNames[static_cast<size_t>(kind)];
}

std::array<int, kHandleKinds> HandleCounts() {
  std::array<int, kHandleKinds> counts{};
  for (size_t i = 0; i < kHandleKinds; ++i) counts[i] = g_counts[i].load();
  return counts;
}

HandleBox::HandleBox(Resource resource, std::shared_ptr<Environment::Handles> owner)
    : resource_(std::move(resource)), owner_(std::move(owner)) {
  owner_->Add(this);
  g_counts[resource_.index()].fetch_add(1);
}

HandleBox::~HandleBox() { Close(); }

void HandleBox::Close() {
  if (closed_) return;
  closed_ = true;
  owner_->Remove(this);
  g_counts[resource_.index()].fetch_sub(1);
  std::visit([](auto& resource) { resource.reset(); }, resource_);
}

HandleUse::HandleUse(HandleBox* box) : box_(box) {
  if (box_->in_use_) {
    throw Error(ErrorCode::kInvalidArgument, std::string("The ") + HandleKindName(box_->kind()) +
                                                 " is busy with the call that this callback belongs to.");
  }
  box_->in_use_ = true;
}

HandleUse::~HandleUse() { box_->in_use_ = false; }

Napi::Value NewHandle(Napi::Env env, HandleBox::Resource resource) {
  auto box = std::make_unique<HandleBox>(std::move(resource), Environment::Of(env).handles());
  auto external = Napi::External<HandleBox>::New(env, box.get(), [](Napi::Env, HandleBox* data) { delete data; });
  box.release();
  if (napi_type_tag_object(env, external, &kTag) != napi_ok) throw Napi::Error::New(env);
  return external;
}

HandleBox* BoxOf(const Napi::Value& value) {
  bool tagged = false;
  if (!value.IsExternal() || napi_check_object_type_tag(value.Env(), value, &kTag, &tagged) != napi_ok || !tagged) {
    throw Error(ErrorCode::kInvalidArgument, "Expected a handle that this addon gave out.");
  }
  return value.As<Napi::External<HandleBox>>().Data();
}

HandleBox* OpenBoxOf(const Napi::Value& value, HandleKind kind) {
  HandleBox* box = BoxOf(value);
  if (box->kind() != kind) {
    throw Error(ErrorCode::kInvalidArgument, std::string("Expected a ") + HandleKindName(kind) + " handle, got a " +
                                                 HandleKindName(box->kind()) + " handle.");
  }
  if (box->closed()) {
    throw Error(ErrorCode::kClosed, std::string("The ") + HandleKindName(kind) + " is closed.");
  }
  return box;
}

}  // namespace voicelingua::binding
