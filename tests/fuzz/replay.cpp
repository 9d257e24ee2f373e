/// Runs a target over the files of its corpus, without a fuzzer: `fogling_fuzz_replay TARGET FOLDER...`. The table of
/// targets is written by the build.

#include "tests/fuzz/replay.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_under(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

void replay(fogling::fuzz::Target* target, const fs::path& file) {
  std::printf("%s\n", file.c_str());
  std::fflush(stdout);  // so that the last line names the input that ended it
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  auto* target = words.empty() ? nullptr : fogling::fuzz::find_target(words.front());
  if (target == nullptr || words.size() < 2) {
    std::fprintf(stderr, "usage: fogling_fuzz_replay TARGET FOLDER...\n");
    return 2;
  }
  std::size_t replayed = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    for (const auto& file : files_under(words[i])) {
      replay(target, file);
      ++replayed;
    }
  }
  if (replayed == 0) std::fprintf(stderr, "the corpus is empty\n");
  return replayed == 0 ? 1 : 0;
}
