#pragma once

/// What the fuzz targets share. A target is one file with one LLVMFuzzerTestOneInput: it reads bytes, walks one part of
/// the program, and holds it to a promise. Whatever escapes it (an exception, a sanitizer's finding, a broken promise)
/// is a bug.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "emulator/document.hpp"
#include "emulator/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fogling::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The text up to the next line feed, which is taken off `rest` with it.
inline std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

/// Ends the run where a promise is broken.
inline void hold(bool is_kept, std::string_view promise, std::string_view shown = {}) {
  if (is_kept) return;
  std::fprintf(stderr, "broken promise: %.*s\n%.*s\n", static_cast<int>(promise.size()), promise.data(),
               static_cast<int>(shown.size()), shown.data());
  std::abort();
}

/// Runs what may be refused in EC2's words; true when it was not.
inline bool is_accepted(const std::function<void()>& run) {
  try {
    run();
    return true;
  } catch (const ApiError& error) {
    hold(error.status >= 400 && error.status < 500 && !error.code.empty(), "a refusal is the client's fault",
         error.message);
    return false;
  }
}

inline bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(Document(text).dump());
    return true;
  } catch (const Document::exception&) {
    return false;
  }
}

}  // namespace fogling::fuzz
