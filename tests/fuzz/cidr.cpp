/// Addresses and blocks: what is read has one spelling, and reading that spelling again changes nothing.

#include "emulator/cidr.hpp"

#include "emulator/security_group_rules.hpp"
#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  const std::string_view text = fuzz::as_text(data, size);

  if (const auto address = parse_ipv4(text)) {
    fuzz::hold(parse_ipv4(ipv4_text(*address)) == address, "an IPv4 address is read again", text);
  }
  if (const auto address = parse_ipv6(text)) {
    fuzz::hold(parse_ipv6(*address) == address, "an IPv6 address is read again", text);
  }
  if (const auto block = parse_cidr(text)) {
    const auto again = parse_cidr(block->text());
    fuzz::hold(
        again && again->first == block->first && again->prefix_length == block->prefix_length && !again->had_host_bits,
        "an IPv4 block is read again", text);
    fuzz::hold(block->contains(block->first) && block->contains(block->last()) && block->contains(*block) &&
                   block->overlaps(*block) && block->size() == std::uint64_t{block->last()} - block->first + 1,
               "an IPv4 block holds itself", text);
  }
  if (const auto block = parse_ipv6_cidr(text)) {
    const auto again = parse_ipv6_cidr(block->text());
    fuzz::hold(again && again->first == block->first && again->prefix_length == block->prefix_length,
               "an IPv6 block is read again", text);
  }
  fuzz::is_accepted([&] { read_ipv4_block(text); });
  fuzz::is_accepted([&] { read_ipv6_block(text); });
  return 0;
}
