#pragma once

/// Items of lists as they were written before, by the id of the resource that they describe.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fogling::api {

/// Instances look alike but for ids, addresses and times. So an item is kept as what distinguishes it from a pattern,
/// the first item that had the same elements: a fifth of its size, and quicker to put together from memory that is near
/// than to copy from memory that is far. Holds at most so many bytes; what a write has touched is dropped.
class Fragments {
 public:
  explicit Fragments(std::size_t limit_bytes = 96U << 20U) : limit_bytes_(limit_bytes) {}

  /// Appends the item; false when it has to be written anew.
  bool append_to(std::string& out, std::string_view id) const;
  /// `item` is XML without white space between its elements.
  void keep(std::string_view id, std::string_view item);
  void drop(std::string_view id);
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  template <class Value>
  using Map = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  struct Span {
    std::size_t offset, length;
  };
  struct Pattern {
    std::string text;
    std::vector<Span> values;  ///< what stands between its tags
  };
  struct Item {
    const Pattern* pattern = nullptr;
    std::string differences;  ///< for each value that is not the pattern's: which one, its length, itself
  };

  static std::vector<Span> values_of(std::string_view item);
  const Pattern& pattern_for(std::string_view item, const std::vector<Span>& values);

  Map<Item> items_;
  Map<Pattern> patterns_;  ///< by their tags
  std::size_t bytes_ = 0, limit_bytes_;
};

}  // namespace fogling::api
