#include "tests/coverage/reached.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

namespace fogling::test {
namespace {

/// Lines such as `answered RunInstances`, `written Instance.State`, `refused InvalidInstanceID.NotFound`.
class Reached {
 public:
  explicit Reached(const char* folder) : folder_(folder == nullptr ? "" : folder) {}
  ~Reached() {
    if (folder_.empty()) return;
    // Ids of processes come again; together with the time they do not.
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    std::ofstream file(folder_ + "/" + std::to_string(getpid()) + "-" + std::to_string(now) + ".txt");
    for (const auto& line : lines_) file << line << "\n";
  }
  Reached(const Reached&) = delete;
  Reached& operator=(const Reached&) = delete;

  bool is_wanted() const { return !folder_.empty(); }

  void note(const model::Operation& operation, const Document& answer, std::string_view code) {
    if (!code.empty()) {
      lines_.insert("refused " + std::string(code));
      return;
    }
    lines_.insert("answered " + std::string(operation.name));
    if (operation.output != nullptr) note_members(answer, *operation.output);
  }

 private:
  void note_members(const Document& value, const model::Shape& shape) {
    if (value.is_array() && shape.type == model::Type::list) {
      for (const auto& each : value) note_members(each, *shape.element->shape);
    } else if (value.is_object()) {
      for (const auto& member : shape.members) {
        const auto found = value.find(member.name);
        if (found == value.end() || found->is_null()) continue;
        lines_.insert("written " + std::string(shape.name) + "." + std::string(member.name));
        note_members(*found, *member.shape);
      }
    }
  }

  std::string folder_;
  std::set<std::string> lines_;
};

}  // namespace

decltype(WorldOptions::observe) reached() {
  static Reached all(std::getenv("FOGLING_COVERAGE"));
  if (!all.is_wanted()) return {};
  return [](const model::Operation& operation, const Document& answer, std::string_view code) {
    all.note(operation, answer, code);
  };
}

}  // namespace fogling::test
