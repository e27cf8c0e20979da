#ifndef VOICELINGUA_BINDING_ARGUMENTS_H_
#define VOICELINGUA_BINDING_ARGUMENTS_H_

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/cancel_tokens.h"
#include "core/sample_store.h"

namespace voicelingua::binding {

// Conversions of arguments. Each throws kInvalidArgument with "<name> must be <what>, got <value>".

std::string StringOf(const Napi::Value& value, const std::string& name);
// A string that can be a path: not empty, without NUL.
std::string PathOf(const Napi::Value& value, const std::string& name);
bool BooleanOf(const Napi::Value& value, const std::string& name);
double NumberOf(const Napi::Value& value, const std::string& name, double low, double high);
int64_t IntegerOf(const Napi::Value& value, const std::string& name, int64_t low, int64_t high);
CancelToken TokenOf(const Napi::Value& value, const std::string& name);
std::vector<std::string> StringsOf(const Napi::Value& value, const std::string& name);
std::vector<std::vector<std::string>> StringListsOf(const Napi::Value& value, const std::string& name);
std::vector<int32_t> IntegersOf(const Napi::Value& value, const std::string& name, int32_t low, int32_t high);
// A copy of an Int32Array.
std::vector<int32_t> Int32sOf(const Napi::Value& value, const std::string& name);
Napi::Float32Array FloatsOf(const Napi::Value& value, const std::string& name);
// An array of at most `most` elements.
Napi::Array ArrayOf(const Napi::Value& value, const std::string& name, uint32_t most);
// A copy of a Float32Array, or the samples that a number stands for. Throws kClosed when they were dropped.
SharedSound SamplesOf(const Napi::Value& value, const std::string& name);
Napi::Object ObjectOf(const Napi::Value& value, const std::string& name);

// What `convert(element, "<name>[<index>]")` gives for each element of an array of at most `most` elements.
template <typename Convert>
auto ListOf(const Napi::Value& value, const std::string& name, uint32_t most, Convert convert) {
  const Napi::Array array = ArrayOf(value, name, most);
  std::vector<decltype(convert(value, name))> list;
  const uint32_t length = array.Length();
  list.reserve(length);
  for (uint32_t i = 0; i < length; ++i) {
    const Napi::HandleScope scope(value.Env());
    list.push_back(convert(array[i], name + "[" + std::to_string(i) + "]"));
  }
  return list;
}

// The properties of an options object; all are required.
class Options {
 public:
  Options(const Napi::Value& value, const std::string& name) : object_(ObjectOf(value, name)), name_(name) {}

  std::string String(const char* key) const { return StringOf(Get(key), Name(key)); }
  bool Boolean(const char* key) const { return BooleanOf(Get(key), Name(key)); }
  double Number(const char* key, double low, double high) const { return NumberOf(Get(key), Name(key), low, high); }
  int64_t Integer(const char* key, int64_t low, int64_t high) const {
    return IntegerOf(Get(key), Name(key), low, high);
  }
  std::vector<int32_t> Integers(const char* key, int32_t low, int32_t high) const {
    return IntegersOf(Get(key), Name(key), low, high);
  }
  std::vector<std::string> Strings(const char* key) const { return StringsOf(Get(key), Name(key)); }
  bool IsNull(const char* key) const { return Get(key).IsNull(); }
  SharedSound SamplesAt(const char* key) const { return SamplesOf(Get(key), Name(key)); }

 private:
  Napi::Value Get(const char* key) const { return object_.Get(key); }
  std::string Name(const char* key) const { return name_ + "." + key; }

  Napi::Object object_;
  std::string name_;
};

}  // namespace voicelingua::binding

#endif  // VOICELINGUA_BINDING_ARGUMENTS_H_
