#include "core/ct2_whisper_recognizer.h"

#include <ctranslate2/utils.h>

#include <algorithm>

#include "core/ct2_whisper_work.h"
#include "core/errors.h"
#include "core/rust_calls.h"
#include "core/utf8.h"

namespace voicelingua {
namespace {

constexpr size_t kMaxSamples = 30 * VLR_SAMPLE_RATE;
constexpr size_t kSamplesPerFrame = 160;
// The encoder's second convolution halves them.
constexpr size_t kFramesPerPosition = 2;

// Frames that the encoder is given: the wanted context, or more where a window's sound needs it.
size_t WidthOf(const std::vector<WindowWork>& windows, int audio_context) {
  if (audio_context == 0) return kWhisperFrames;
  size_t frames = static_cast<size_t>(audio_context) * kFramesPerPosition;
  for (const WindowWork& window : windows)
    frames = std::max(frames, window.frames + window.frames % kFramesPerPosition);
  return std::min(frames, kWhisperFrames);
}

}  // namespace

Ct2WhisperRecognizer::Ct2WhisperRecognizer(std::shared_ptr<Ct2WhisperModel> model)
    : model_(std::move(model)), replica_(*model_), mel_(nullptr, vlr_mel_free) {
  vlr_error error{};
  vlr_mel* mel = nullptr;
  CheckRust(vlr_mel_create(static_cast<size_t>(model_->size().mel_bands), &mel, &error), error);
  mel_.reset(mel);
}

Ct2WhisperRecognizer::~Ct2WhisperRecognizer() = default;

size_t Ct2WhisperRecognizer::FramesOf(const Sound& sound) {
  if (sound.size() > kMaxSamples) {
    throw Error(ErrorCode::kInvalidArgument, "A window has " + std::to_string(sound.size()) +
                                                 " samples; a Whisper model in CTranslate2 takes at most 30 s (" +
                                                 std::to_string(kMaxSamples) + "). Cut the audio into windows.");
  }
  return sound.size() / kSamplesPerFrame;
}

Features Ct2WhisperRecognizer::FeaturesOf(const Sound& sound) {
  const Samples samples = sound.First(kMaxSamples);
  Features features{std::vector<float>(static_cast<size_t>(model_->size().mel_bands) * kWhisperFrames)};
  vlr_error error{};
  CheckRust(vlr_mel_compute(mel_.get(), samples.data(), samples.size(), features.values.data(), features.width, &error),
            error);
  return features;
}

// Computed whenever they are needed, in milliseconds: those of all windows of a call would take a megabyte each as long
// as it lasts.
Features Ct2WhisperRecognizer::RestOf(const WindowWork& window, size_t width) {
  Features features = FeaturesOf(*window.sound);
  if (window.decoded == 0 && width == features.width) return features;
  const std::vector<float>& all = features.values;
  const size_t kept = std::min(width, features.width - window.decoded);
  // Without a rest before it the features are as they were computed, with what the last samples leave after the sound.
  const size_t sound = window.decoded == 0 ? kept : std::min(kept, window.frames - window.decoded);
  Features rest{std::vector<float>(all.size() / features.width * width), width};
  for (size_t from = window.decoded, to = 0; to < rest.values.size(); from += features.width, to += width) {
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(from), sound,
                rest.values.begin() + static_cast<std::ptrdiff_t>(to));
  }
  return rest;
}

void Ct2WhisperRecognizer::CheckLanguage(const std::string& language, bool translate) const {
  const WhisperVocabulary& vocabulary = model_->vocabulary();
  if (!vocabulary.multilingual()) {
    if ((language == "en" || language == "auto") && !translate) return;
    throw Error(ErrorCode::kInvalidArgument,
                "Model " + model_->path() + " knows English only; use a multilingual model for " + language + ".");
  }
  if (language == "auto" || vocabulary.LanguageToken(language) >= 0) return;
  throw Error(ErrorCode::kInvalidArgument, "Whisper model " + model_->path() + " has no language '" + language + "'.");
}

std::vector<int32_t> Ct2WhisperRecognizer::StartOf(const std::string& language, bool translate) const {
  const WhisperVocabulary& vocabulary = model_->vocabulary();
  if (!vocabulary.multilingual()) return {vocabulary.start_of_transcript()};
  return {vocabulary.start_of_transcript(), vocabulary.LanguageToken(language),
          translate ? vocabulary.translate() : vocabulary.transcribe()};
}

std::vector<int32_t> Ct2WhisperRecognizer::PromptOf(const WindowWork& window, const RecognizeOptions& options) const {
  // Half of the context is the model's for what it writes. The end of a prompt is nearest to what comes.
  const auto room = static_cast<size_t>(model_->size().text_context / 2 - 1);
  const size_t hotwords = std::min(window.hotwords.size(), room);
  const size_t previous = std::min(window.previous.size(), room - hotwords);
  std::vector<int32_t> prompt;
  if (hotwords + previous > 0) {
    prompt.push_back(model_->vocabulary().start_of_previous());
    prompt.insert(prompt.end(), window.hotwords.begin(),
                  window.hotwords.begin() + static_cast<std::ptrdiff_t>(hotwords));
    prompt.insert(prompt.end(), window.previous.end() - static_cast<std::ptrdiff_t>(previous), window.previous.end());
  }
  const std::vector<int32_t> start = StartOf(window.language, options.translate);
  prompt.insert(prompt.end(), start.begin(), start.end());
  if (!options.timestamps) prompt.push_back(model_->vocabulary().no_timestamps());
  return prompt;
}

WindowWork Ct2WhisperRecognizer::Prepare(RecognizeWindow given, const RecognizeOptions& options) {
  WindowWork window;
  if (!given.samples->empty()) CheckLanguage(given.language, options.translate);
  window.language = model_->vocabulary().multilingual() ? std::move(given.language) : "en";
  window.recognition.language = window.language;
  window.recognition.temperature = options.temperature;
  const std::string hotwords = Trimmed(given.hotwords);
  if (!hotwords.empty()) window.hotwords = model_->vocabulary().Encode(" " + hotwords);
  const std::string prompt = Trimmed(given.initial_prompt);
  if (!prompt.empty()) window.previous = model_->vocabulary().Encode(" " + prompt);
  window.frames = FramesOf(*given.samples);
  window.sound = std::move(given.samples);
  return window;
}

std::vector<Recognition> Ct2WhisperRecognizer::Recognize(std::vector<RecognizeWindow> given,
                                                         const RecognizeOptions& options, const CancelFlag& cancel,
                                                         const ProgressCallback& progress, const StopCheck& stop) {
  EngineCall call(cancel, stop, progress);
  call.Check();
  if (options.word_timestamps && !model_->config().has_alignment_heads) {
    throw Error(ErrorCode::kModelUnsupported, "Model " + model_->path() +
                                                  " has no alignment_heads in its config.json, which word times need. "
                                                  "Convert it again with a current CTranslate2.");
  }
  std::vector<WindowWork> windows(given.size());
  size_t total = 0;
  for (size_t i = 0; i < given.size(); ++i) {
    windows[i] = Prepare(std::move(given[i]), options);
    total += windows[i].frames;
  }
  try {
    // The engine keeps the number of threads for each calling thread.
    ctranslate2::set_num_threads(static_cast<size_t>(options.threads));
    const auto share = [&](size_t frames) {
      return total == 0 ? 1.0 : static_cast<double>(frames) / static_cast<double>(total);
    };
    const size_t width = WidthOf(windows, options.audio_context);
    size_t decoded = 0;
    call.Report(0);
    for (;;) {
      std::vector<RowWork> rows;
      for (size_t i = 0; i < windows.size(); ++i) {
        const WindowWork& window = windows[i];
        if (window.decoded < window.frames) rows.push_back({i, window.decoded, window.frames - window.decoded});
      }
      if (rows.empty()) break;
      const auto rest_of = [&](size_t row) { return RestOf(windows[rows[row].window], width); };
      const auto encoded = replica_.Encode(rows.size(), rest_of, [&] { call.Check(); });
      call.Check();
      DetectLanguages(*encoded, rows, &windows);
      DecodeRows(*encoded, windows, options, call, &rows);
      if (options.word_timestamps) {
        call.Check();
        AlignRows(*encoded, windows, options.translate, &rows);
      }
      for (RowWork& row : rows) {
        WindowWork& window = windows[row.window];
        Collect(options, &row, &window);
        decoded += window.decoded - row.start;
      }
      call.Report(share(decoded));
    }
    call.Report(1);
  } catch (...) {
    throw CurrentExceptionAsError(ErrorCode::kEngineFailed, "recognizing speech");
  }
  std::vector<Recognition> recognitions;
  recognitions.reserve(windows.size());
  for (WindowWork& window : windows) recognitions.push_back(std::move(window.recognition));
  return recognitions;
}

void Ct2WhisperRecognizer::DetectLanguages(const EncodedWindows& encoded, const std::vector<RowWork>& rows,
                                           std::vector<WindowWork>* windows) {
  const bool wanted = std::any_of(rows.begin(), rows.end(),
                                  [&](const RowWork& row) { return (*windows)[row.window].language == "auto"; });
  if (!wanted) return;
  const auto languages = replica_.DetectLanguage(encoded);
  for (size_t i = 0; i < rows.size(); ++i) {
    WindowWork& window = (*windows)[rows[i].window];
    if (window.language == "auto") window.language = window.recognition.language = languages[i].front().language;
  }
}

std::vector<std::vector<LanguageProbability>> Ct2WhisperRecognizer::DetectLanguage(std::vector<SharedSound> windows,
                                                                                   int threads,
                                                                                   const CancelFlag& cancel,
                                                                                   const StopCheck& stop) {
  const ProgressCallback no_progress;
  const EngineCall call(cancel, stop, no_progress);
  call.Check();
  if (!model_->vocabulary().multilingual()) {
    return std::vector<std::vector<LanguageProbability>>(windows.size(), {{"en", 1.0f}});
  }
  if (windows.empty()) return {};
  try {
    ctranslate2::set_num_threads(static_cast<size_t>(threads));
    const auto features_of = [&](size_t window) { return FeaturesOf(*windows[window]); };
    const auto encoded = replica_.Encode(windows.size(), features_of, [&] { call.Check(); });
    call.Check();
    return replica_.DetectLanguage(*encoded);
  } catch (...) {
    throw CurrentExceptionAsError(ErrorCode::kEngineFailed, "detecting the language");
  }
}

}  // namespace voicelingua
