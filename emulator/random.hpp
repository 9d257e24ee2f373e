#pragma once

/// Chance, handed in. The same seed and the same calls give the same draws, on every machine and library.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fogling {

class Random {
 public:
  /// Without a seed, one is taken from the system.
  explicit Random(std::optional<std::uint64_t> seed);

  std::uint64_t next();
  /// A number in [0, bound).
  std::uint64_t below(std::uint64_t bound);
  /// Lower-case hexadecimal digits.
  std::string hex(std::size_t digits);
  /// Bytes for keys: from the seed when there is one, from the system's secure source otherwise.
  void fill(std::span<std::byte> bytes);

  bool is_seeded() const { return seeded_; }
  /// How often it has been drawn from: with the seed, all there is to remember.
  std::uint64_t draws() const { return draws_; }
  void skip_to(std::uint64_t draws) { draws_ = draws; }

 private:
  std::uint64_t seed_;
  std::uint64_t draws_ = 0;
  bool seeded_;
};

/// `i-0123456789abcdef0`: the prefix, a dash, 17 digits of which the first is 0.
std::string make_id(Random& random, std::string_view prefix);
/// Lower-case letters and digits.
std::string make_base36(Random& random, std::size_t length);
/// A lower-case UUID, version 4.
std::string make_uuid(Random& random);

}  // namespace fogling
