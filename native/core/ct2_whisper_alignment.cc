#include <ctranslate2/utils.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/ct2_whisper_recognizer.h"
#include "core/ct2_whisper_work.h"
#include "core/errors.h"
#include "core/utf8.h"
#include "core/word_timing.h"

// The part of Ct2WhisperRecognizer that aligns: times of recognised words, and of given texts.
namespace voicelingua {
namespace {

// Aligning needs at least one of the encoder's frames of 20 ms.
constexpr size_t kMinAligned = 2;
// Longer texts cannot have been said in 30 s, and would be slow to encode.
constexpr size_t kMaxText = 16384;

}  // namespace

void Ct2WhisperRecognizer::AlignRows(const EncodedWindows& encoded, const std::vector<WindowWork>& windows,
                                     bool translate, std::vector<RowWork>* rows) {
  std::map<std::string, std::vector<size_t>> by_language;
  std::vector<std::vector<int32_t>> texts(rows->size());
  for (size_t i = 0; i < rows->size(); ++i) {
    const RowWork& row = (*rows)[i];
    for (const Segment& segment : row.segments) {
      texts[i].insert(texts[i].end(), segment.tokens.begin(), segment.tokens.end());
    }
    if (!texts[i].empty() && row.frames >= kMinAligned) by_language[windows[row.window].language].push_back(i);
  }
  for (const auto& [language, group] : by_language) {
    std::vector<std::vector<int32_t>> tokens;
    std::vector<size_t> frames;
    for (const size_t i : group) {
      tokens.push_back(texts[i]);
      frames.push_back((*rows)[i].frames);
    }
    const auto alignments = replica_.Align(encoded, group, StartOf(language, translate), tokens, frames);
    for (size_t k = 0; k < group.size(); ++k) {
      RowWork& row = (*rows)[group[k]];
      const TokenAlignment& alignment = alignments.at(k);
      const AlignedWords words = WordsOfAlignment(tokens[k], alignment, model_->vocabulary(), language);
      row.aligned = !words.words.empty();
      if (!row.aligned) continue;
      PlaceWords(words, static_cast<double>(row.start) / kFramesPerSecond, windows[row.window].last_speech,
                 &row.segments);
      auto probability = alignment.probabilities.begin();
      for (Segment& segment : row.segments) {
        const auto end = probability + static_cast<std::ptrdiff_t>(segment.tokens.size());
        segment.probabilities.assign(probability, end);
        probability = end;
      }
    }
  }
}

std::vector<Alignment> Ct2WhisperRecognizer::Align(std::vector<AlignWindow> windows, int threads,
                                                   const CancelFlag& cancel, const StopCheck& stop) {
  const ProgressCallback no_progress;
  const EngineCall call(cancel, stop, no_progress);
  call.Check();
  if (!model_->config().has_alignment_heads) {
    throw Error(ErrorCode::kModelUnsupported, "Model " + model_->path() +
                                                  " has no alignment_heads in its config.json, which aligning needs. "
                                                  "Convert it again with a current CTranslate2.");
  }
  std::vector<Alignment> alignments(windows.size());
  std::vector<std::vector<int32_t>> texts;
  std::vector<size_t> frames;
  std::map<std::string, std::vector<size_t>> by_language;  // Rows.
  std::vector<size_t> window_of;                           // By row.
  for (size_t i = 0; i < windows.size(); ++i) {
    AlignWindow& window = windows[i];
    if (window.language == "auto") {
      throw Error(ErrorCode::kInvalidArgument, "Aligning needs the language of the text, not 'auto'.");
    }
    CheckLanguage(window.language, /*translate=*/false);
    const std::string text = Trimmed(window.text);
    std::vector<int32_t> tokens;
    if (text.size() <= kMaxText) {
      tokens = model_->vocabulary().Encode(IsUnspaced(window.language) ? text : " " + text);
    }
    // Beside the text the decoder is given control tokens and the end of text.
    const auto room = static_cast<size_t>(model_->size().text_context - 5);
    if (text.size() > kMaxText || tokens.size() > room) {
      throw Error(ErrorCode::kInvalidArgument,
                  "The text of a window has more than " + std::to_string(room) + " tokens; align it in parts.");
    }
    const size_t count = FramesOf(*window.samples);
    if (text.empty() || count < kMinAligned) continue;
    by_language[window.language].push_back(texts.size());
    texts.push_back(std::move(tokens));
    frames.push_back(count);
    window_of.push_back(i);
  }
  if (texts.empty()) return alignments;
  try {
    ctranslate2::set_num_threads(static_cast<size_t>(threads));
    const auto encoded = replica_.Encode(
        texts.size(), [&](size_t row) { return FeaturesOf(*windows[window_of[row]].samples); }, [&] { call.Check(); });
    for (const auto& [language, rows] : by_language) {
      call.Check();
      std::vector<std::vector<int32_t>> tokens;
      std::vector<size_t> sizes;
      for (const size_t row : rows) {
        tokens.push_back(texts[row]);
        sizes.push_back(frames[row]);
      }
      const auto found = replica_.Align(*encoded, rows, StartOf(language, /*translate=*/false), tokens, sizes);
      for (size_t k = 0; k < rows.size(); ++k) {
        Alignment& alignment = alignments[window_of[rows[k]]];
        const std::vector<float>& probabilities = found.at(k).probabilities;
        double sum = 0;
        for (const float probability : probabilities) sum += std::log(std::max(probability, 1e-10f));
        alignment.average_logprob = static_cast<float>(sum / static_cast<double>(probabilities.size()));
        for (AlignedWord& word : WordsOfAlignment(tokens[k], found.at(k), model_->vocabulary(), language).words) {
          if (!word.word.text.empty()) alignment.words.push_back(std::move(word.word));
        }
        FitWords(0, static_cast<double>(sizes[k]) / kFramesPerSecond, &alignment.words);
      }
    }
  } catch (...) {
    throw CurrentExceptionAsError(ErrorCode::kEngineFailed, "aligning a text");
  }
  return alignments;
}

}  // namespace voicelingua
