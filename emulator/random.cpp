#include "emulator/random.hpp"

#include <openssl/rand.h>

#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <cstring>
#include <random>

namespace fogling {
namespace {

/// SplitMix64's finaliser (public domain, S. Vigna): a good hash of a counter, so that a draw needs no state but its
/// number.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t system_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace

Random::Random(std::optional<std::uint64_t> seed)
    : seed_(mix(seed.value_or(system_seed()))), seeded_(seed.has_value()) {}

std::uint64_t Random::next() { return mix(seed_ ^ mix(draws_++)); }

std::uint64_t Random::below(std::uint64_t bound) {
  // The bias of the remainder is below 2^-32 for any bound that a cloud of addresses needs.
  return bound == 0 ? 0 : next() % bound;
}

std::string Random::hex(std::size_t digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(digits, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = next();  // 16 digits a draw
    text[i] = kDigits[bits & 15];
    bits >>= 4;
  }
  return text;
}

void Random::fill(std::span<std::byte> bytes) {
  if (!seeded_) {
    RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return;
  }
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t draw = next();
    std::memcpy(bytes.data() + at, &draw, std::min(sizeof draw, bytes.size() - at));
  }
}

std::string make_id(Random& random, std::string_view prefix) {
  std::string id(prefix);
  id += "-0";
  id += random.hex(16);
  return id;
}

std::string make_base36(Random& random, std::size_t length) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text(length, '0');
  for (auto& each : text) each = kDigits[random.below(kDigits.size())];
  return text;
}

std::string make_uuid(Random& random) {
  boost::uuids::uuid uuid;
  for (std::size_t half = 0; half < 16; half += 8) {
    const std::uint64_t draw = random.next();
    std::memcpy(uuid.data + half, &draw, 8);
  }
  uuid.data[6] = static_cast<std::uint8_t>((uuid.data[6] & 0x0f) | 0x40);
  uuid.data[8] = static_cast<std::uint8_t>((uuid.data[8] & 0x3f) | 0x80);
  return boost::uuids::to_string(uuid);
}

}  // namespace fogling
