#include "binding/arguments.h"

#include <cmath>

#include "core/errors.h"

namespace voicelingua::binding {
namespace {

constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;
constexpr size_t kMaxShown = 40;
constexpr uint32_t kMaxIntegers = 1 << 17;

std::string Shown(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return value.As<Napi::Boolean>().Value() ? "true" : "false";
    case napi_number: {
      const double number = value.As<Napi::Number>().DoubleValue();
      if (std::isnan(number)) return "NaN";
      std::string text = std::to_string(number);
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
      return text;
    }
    case napi_string: {
      const std::string text = value.As<Napi::String>().Utf8Value();
      return text.size() > kMaxShown ? "a string of " + std::to_string(text.size()) + " bytes" : "'" + text + "'";
    }
    case napi_object:
      return value.IsArray() ? "an array" : "an object";
    case napi_function:
      return "a function";
    case napi_external:
      return "a handle";
    default:
      return "a value of another type";
  }
}

[[noreturn]] void Expected(const std::string& name, const std::string& what, const Napi::Value& value) {
  throw Error(ErrorCode::kInvalidArgument, name + " must be " + what + ", got " + Shown(value) + ".");
}

std::string Bound(double value) {
  return std::abs(value) < 1e15 && value == std::floor(value) ? std::to_string(static_cast<int64_t>(value))
                                                              : std::to_string(value);
}

}  // namespace

std::string StringOf(const Napi::Value& value, const std::string& name) {
  if (!value.IsString()) Expected(name, "a string", value);
  return value.As<Napi::String>().Utf8Value();
}

std::string PathOf(const Napi::Value& value, const std::string& name) {
  std::string path = StringOf(value, name);
  if (path.empty() || path.find('\0') != std::string::npos) Expected(name, "a path", value);
  return path;
}

bool BooleanOf(const Napi::Value& value, const std::string& name) {
  if (!value.IsBoolean()) Expected(name, "true or false", value);
  return value.As<Napi::Boolean>().Value();
}

double NumberOf(const Napi::Value& value, const std::string& name, double low, double high) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= low && number <= high)) Expected(name, "a number from " + Bound(low) + " to " + Bound(high), value);
  return number;
}

int64_t IntegerOf(const Napi::Value& value, const std::string& name, int64_t low, int64_t high) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= static_cast<double>(low) && number <= static_cast<double>(high)) || number != std::floor(number)) {
    Expected(name, "an integer from " + std::to_string(low) + " to " + std::to_string(high), value);
  }
  return static_cast<int64_t>(number);
}

CancelToken TokenOf(const Napi::Value& value, const std::string& name) {
  return static_cast<CancelToken>(IntegerOf(value, name, 0, kMaxSafeInteger));
}

std::vector<std::string> StringsOf(const Napi::Value& value, const std::string& name) {
  if (!value.IsArray()) Expected(name, "an array of strings", value);
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> strings;
  const uint32_t length = array.Length();
  for (uint32_t i = 0; i < length; ++i) {
    const Napi::HandleScope scope(value.Env());
    strings.push_back(StringOf(array[i], name + "[" + std::to_string(i) + "]"));
  }
  return strings;
}

std::vector<std::vector<std::string>> StringListsOf(const Napi::Value& value, const std::string& name) {
  if (!value.IsArray()) Expected(name, "an array of arrays of strings", value);
  const auto array = value.As<Napi::Array>();
  std::vector<std::vector<std::string>> lists;
  const uint32_t length = array.Length();
  for (uint32_t i = 0; i < length; ++i) {
    const Napi::HandleScope scope(value.Env());
    lists.push_back(StringsOf(array[i], name + "[" + std::to_string(i) + "]"));
  }
  return lists;
}

Napi::Array ArrayOf(const Napi::Value& value, const std::string& name, uint32_t most) {
  if (!value.IsArray() || value.As<Napi::Array>().Length() > most) {
    Expected(name, "an array of at most " + std::to_string(most) + " elements", value);
  }
  return value.As<Napi::Array>();
}

std::vector<int32_t> IntegersOf(const Napi::Value& value, const std::string& name, int32_t low, int32_t high) {
  return ListOf(value, name, kMaxIntegers, [&](const Napi::Value& element, const std::string& place) {
    return static_cast<int32_t>(IntegerOf(element, place, low, high));
  });
}

std::vector<int32_t> Int32sOf(const Napi::Value& value, const std::string& name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array) {
    Expected(name, "an Int32Array", value);
  }
  const auto numbers = value.As<Napi::Int32Array>();
  return {numbers.Data(), numbers.Data() + numbers.ElementLength()};
}

Napi::Float32Array FloatsOf(const Napi::Value& value, const std::string& name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float32_array) {
    Expected(name, "a Float32Array", value);
  }
  return value.As<Napi::Float32Array>();
}

SharedSound SamplesOf(const Napi::Value& value, const std::string& name) {
  if (value.IsNumber()) return FindSamples(static_cast<uint64_t>(IntegerOf(value, name, 1, kMaxSafeInteger)));
  const Napi::Float32Array floats = FloatsOf(value, name);
  return std::make_shared<const Sound>(floats.Data(), floats.ElementLength());
}

Napi::Object ObjectOf(const Napi::Value& value, const std::string& name) {
  if (!value.IsObject() || value.IsArray()) Expected(name, "an object", value);
  return value.As<Napi::Object>();
}

}  // namespace voicelingua::binding
