#include "emulator/address_space.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/network_interfaces.hpp"
#include "emulator/subnets.hpp"
#include "emulator/vpc_blocks.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

/// A prefix that can be given to an interface is a /28.
constexpr int kPrefixLength = 28;
constexpr std::uint32_t kPrefixSize = 16;
/// Draws before a search: with three quarters of a block taken all of them fail once in 10^8 times.
constexpr int kDraws = 64;

ApiError no_free_address(const state::Subnet& subnet, Asking asking) {
  return {"InsufficientFreeAddressesInSubnet",
          asking == Asking::launch
              ? fmt::format("There are not enough free addresses in subnet '{}' to satisfy the requested number of "
                            "instances.",
                            subnet.subnet_id)
              : "The specified subnet does not have enough free addresses to satisfy the request."};
}

ApiError no_free_blocks() {
  return {"InsufficientCidrBlocks",
          "The specified subnet does not have enough free cidr blocks to satisfy the request."};
}

Cidr block_of(const state::Subnet& subnet) { return parse_cidr(subnet.cidr_block).value(); }

Ipv6Cidr ipv6_block_of(const state::Subnet& subnet) {
  const auto blocks = ipv6_blocks(subnet.ipv6_cidr_block_associations);
  if (!blocks.empty()) return blocks.front();
  throw errors::invalid_parameter_value(  // Assumed: the words
      fmt::format("The subnet '{}' does not have an IPv6 CIDR block", subnet.subnet_id));
}

bool is_taken(Context& context, const state::Subnet& subnet, std::uint32_t number) {
  return state::find_address_holder(context.txn, subnet.subnet_id, number).has_value();
}

}  // namespace

UsableRange usable_range(const Cidr& block) { return {block.first + 4, block.last() - 1}; }

std::uint32_t require_address_of_subnet(const state::Subnet& subnet, std::string_view address, Asking asking) {
  const auto number = parse_ipv4(address);
  if (!number) {  // recorded for interfaces; Assumed: the same at a launch
    throw errors::invalid_parameter_value(fmt::format("invalid value for parameter address: {}", address));
  }
  const Cidr block = block_of(subnet);
  if (!block.contains(*number)) {
    throw errors::invalid_parameter_value(fmt::format("Address{}{} does not fall within the subnet's address range",
                                                      asking == Asking::launch ? " " : "",
                                                      asking == Asking::launch ? address : std::string_view{}));
  }
  if (usable_range(block).contains(*number)) return *number;
  throw errors::invalid_parameter_value(
      asking == Asking::launch     ? fmt::format("Address {} is in subnet's reserved address range", address)
      : asking == Asking::creation ? std::string("Address is in subnet's reserved address range")
                                   : fmt::format("Address {} is in subnet's reserved range.", address));
}

std::uint32_t require_private_address(Context& context, const state::Subnet& subnet, std::string_view address,
                                      Asking asking) {
  const std::uint32_t number = require_address_of_subnet(subnet, address, asking);
  if (is_taken(context, subnet, number)) {
    throw ApiError("InvalidIPAddress.InUse", asking == Asking::launch
                                                 ? fmt::format("Address {} is in use.", address)
                                                 : std::string("The specified address is already in use."));
  }
  return number;
}

namespace {

/// The search with reservations in the way: rare, and small.
std::uint32_t find_unreserved_address(Context& context, const state::Subnet& subnet,
                                      const std::vector<SubnetReservation>& reservations, Asking asking) {
  const auto [first, last] = usable_range(block_of(subnet));
  const std::uint64_t size = std::uint64_t{last} - first + 1;
  const std::uint64_t start = context.random().below(size);
  for (std::uint64_t step = 0; step < size; ++step) {
    const auto number = first + static_cast<std::uint32_t>((start + step) % size);
    const bool is_reserved = std::ranges::any_of(
        reservations, [&](const SubnetReservation& each) { return each.ipv4 && each.ipv4->contains(number); });
    if (!is_reserved && !is_taken(context, subnet, number)) return number;
  }
  throw no_free_address(subnet, asking);
}

}  // namespace

std::uint32_t draw_private_address(Context& context, const state::Subnet& subnet, Asking asking) {
  if (const auto reservations = reservations_of(context.txn, subnet); !reservations.empty()) {
    return find_unreserved_address(context, subnet, reservations, asking);
  }
  const auto [first, last] = usable_range(block_of(subnet));
  const std::uint64_t size = std::uint64_t{last} - first + 1;
  std::uint32_t drawn = first;
  for (int i = 0; i < kDraws; ++i) {
    drawn = first + static_cast<std::uint32_t>(context.random().below(size));
    if (!is_taken(context, subnet, drawn)) return drawn;
  }
  auto found = state::find_free_number_after(context.txn, subnet.subnet_id, drawn, last);
  if (!found && !is_taken(context, subnet, first)) return first;
  if (!found) found = state::find_free_number_after(context.txn, subnet.subnet_id, first, last);
  if (!found) throw no_free_address(subnet, asking);
  return static_cast<std::uint32_t>(*found);
}

namespace {

bool is_free_prefix(Context& context, const state::Subnet& subnet, const Cidr& prefix) {
  const auto usable = usable_range(block_of(subnet));
  return usable.contains(prefix.first) && usable.contains(prefix.last()) &&
         !state::has_private_address_between(context.txn, subnet.subnet_id, prefix.first, prefix.last());
}

/// A free prefix within a part of the subnet, from a random place on.
std::optional<Cidr> find_prefix(Context& context, const state::Subnet& subnet, const Cidr& part,
                                const std::vector<SubnetReservation>& avoided) {
  const std::uint64_t prefixes = part.size() / kPrefixSize;
  if (prefixes == 0) return std::nullopt;
  const std::uint64_t start = context.random().below(prefixes);
  for (std::uint64_t step = 0; step < prefixes; ++step) {
    const auto place = static_cast<std::uint32_t>((start + step) % prefixes);
    const Cidr prefix{part.first + place * kPrefixSize, kPrefixLength};
    const bool is_avoided = std::ranges::any_of(
        avoided, [&](const SubnetReservation& each) { return each.ipv4 && each.ipv4->overlaps(prefix); });
    if (!is_avoided && is_free_prefix(context, subnet, prefix)) return prefix;
  }
  return std::nullopt;
}

}  // namespace

Cidr draw_prefix(Context& context, const state::Subnet& subnet) {
  const auto reservations = reservations_of(context.txn, subnet);
  for (const auto& each : reservations) {
    if (!each.is_for_prefixes || !each.ipv4) continue;
    if (const auto prefix = find_prefix(context, subnet, *each.ipv4, {})) return *prefix;
  }
  // Assumed: what is left of the subnet serves once that is used up.
  if (const auto prefix = find_prefix(context, subnet, block_of(subnet), reservations)) return *prefix;
  throw no_free_blocks();
}

Cidr require_prefix(Context& context, const state::Subnet& subnet, std::string_view prefix) {
  const auto parsed = parse_cidr(prefix);
  const auto usable = usable_range(block_of(subnet));
  if (!parsed || parsed->prefix_length != kPrefixLength || parsed->had_host_bits || !usable.contains(parsed->first) ||
      !usable.contains(parsed->last())) {
    throw errors::invalid_value(prefix, "ipv4Prefix", "It is not a /28 within the subnet.");  // Assumed: the words
  }
  if (state::has_private_address_between(context.txn, subnet.subnet_id, parsed->first, parsed->last())) {
    throw ApiError("InvalidIPAddress.InUse", "The specified address is already in use.");  // Assumed: as for one
  }
  return *parsed;
}

namespace {

/// A prefix of IPv6 that can be given to an interface is a /80.
constexpr int kIpv6PrefixLength = 80;

void set_bit(Ipv6Cidr& range, int bit) {
  auto& byte = range.first[static_cast<std::size_t>(bit / 8)];
  byte = static_cast<unsigned char>(byte | (0x80U >> (bit % 8)));
}

Ipv6Cidr single(const Ipv6Cidr& block) { return {block.first, 128, false}; }

/// Whether an interface of the subnet has an address or a prefix of that range.
bool is_taken(Context& context, const state::Subnet& subnet, const Ipv6Cidr& range) {
  for (const auto& interface : state::interfaces_of_subnet(context.txn, subnet.subnet_id)) {
    for (const auto& held : interface.ipv6_addresses) {
      const auto address = parse_ipv6_cidr(fmt::format("{}/128", text(held, "Ipv6Address")));
      if (address && range.overlaps(*address)) return true;
    }
    for (const auto& held : items(interface.options, "Ipv6Prefixes")) {
      if (range.overlaps(parse_ipv6_cidr(text(held, "Ipv6Prefix")).value())) return true;
    }
  }
  return false;
}

/// EC2's own: the first four addresses of a block and the last.
bool is_reserved_by_ec2(const Ipv6Cidr& block, const Ipv6Cidr& range) {
  Ipv6Cidr low{block.first, 126, false}, high = block;
  for (int bit = block.prefix_length; bit < 128; ++bit) set_bit(high, bit);
  return range.overlaps(low) || range.contains(single(high));
}

/// A range of this length at a random place within a part of the subnet that nobody has.
std::optional<Ipv6Cidr> find_range(Context& context, const state::Subnet& subnet, const Ipv6Cidr& part, int length,
                                   const std::vector<SubnetReservation>& avoided) {
  if (part.prefix_length > length) return std::nullopt;
  // Sixty-four bits of chance need no look at who has what, unless somebody has a whole prefix.
  const bool needs_look = length < 128 || state::has_ipv6_prefixes(context.txn, subnet.subnet_id);
  for (int i = 0; i < kDraws; ++i) {
    Ipv6Cidr range{part.first, length, false};
    std::uint64_t chance = 0;
    for (int bit = part.prefix_length; bit < length; ++bit) {
      const int place = (bit - part.prefix_length) % 64;
      if (place == 0) chance = context.random().next();
      if ((chance >> place & 1U) != 0) set_bit(range, bit);
    }
    const bool is_avoided = std::ranges::any_of(
        avoided, [&](const SubnetReservation& each) { return each.ipv6 && each.ipv6->overlaps(range); });
    if (is_avoided || is_reserved_by_ec2(ipv6_block_of(subnet), range)) continue;
    if (!needs_look || !is_taken(context, subnet, range)) return range;
  }
  return std::nullopt;
}

/// Throws where the range is not the subnet's to give.
void check_ipv6_range(Context& context, const state::Subnet& subnet, const Ipv6Cidr& range) {
  const auto block = ipv6_block_of(subnet);
  // Assumed: code and words of all three are those of IPv4.
  if (!block.contains(range)) {
    throw errors::invalid_parameter_value("Address does not fall within the subnet's address range");
  }
  if (is_reserved_by_ec2(block, range)) {
    throw errors::invalid_parameter_value("Address is in subnet's reserved address range");
  }
  if (is_taken(context, subnet, range)) {
    throw ApiError("InvalidIPAddress.InUse", "The specified address is already in use.");
  }
}

std::string address_text(const Ipv6Cidr& single_address) {
  const std::string text = single_address.text();
  return text.substr(0, text.find('/'));
}

}  // namespace

std::string draw_ipv6_address(Context& context, const state::Subnet& subnet) {
  const auto found = find_range(context, subnet, ipv6_block_of(subnet), 128, reservations_of(context.txn, subnet));
  if (!found) throw no_free_address(subnet, Asking::assignment);
  return address_text(*found);
}

std::string require_ipv6_address(Context& context, const state::Subnet& subnet, std::string_view address) {
  const auto parsed = parse_ipv6_cidr(fmt::format("{}/128", address));
  if (!parsed) {  // Assumed: the words, as of IPv4
    throw errors::invalid_parameter_value(fmt::format("invalid value for parameter address: {}", address));
  }
  check_ipv6_range(context, subnet, *parsed);
  return address_text(*parsed);
}

std::string draw_ipv6_prefix(Context& context, const state::Subnet& subnet) {
  const auto reservations = reservations_of(context.txn, subnet);
  for (const auto& each : reservations) {
    if (!each.is_for_prefixes || !each.ipv6) continue;
    if (const auto found = find_range(context, subnet, *each.ipv6, kIpv6PrefixLength, {})) return found->text();
  }
  const auto found = find_range(context, subnet, ipv6_block_of(subnet), kIpv6PrefixLength, reservations);
  if (!found) throw no_free_blocks();
  return found->text();
}

std::string require_ipv6_prefix(Context& context, const state::Subnet& subnet, std::string_view prefix) {
  const auto parsed = parse_ipv6_cidr(prefix);
  if (!parsed || parsed->prefix_length != kIpv6PrefixLength || parsed->had_host_bits) {
    throw errors::invalid_value(prefix, "ipv6Prefix", "It is not a /80 within the subnet.");  // Assumed: the words
  }
  check_ipv6_range(context, subnet, *parsed);
  return parsed->text();
}

std::string draw_public_address(Context& context) {
  const Cidr pool = parse_cidr(context.world.options.public_pool).value();
  // The ends of a block are no addresses of hosts, unless there is hardly anything else.
  const std::uint32_t first = pool.size() > 2 ? pool.first + 1 : pool.first;
  const std::uint64_t size = pool.size() > 2 ? pool.size() - 2 : pool.size();
  std::uint64_t place = 0;
  for (int i = 0; i < kDraws; ++i) {
    place = context.random().below(size);
    std::string address = ipv4_text(first + static_cast<std::uint32_t>(place));
    if (!state::is_public_ip_taken(context.txn, address)) return address;
  }
  for (std::uint64_t step = 1; step < size; ++step) {
    std::string address = ipv4_text(first + static_cast<std::uint32_t>((place + step) % size));
    if (!state::is_public_ip_taken(context.txn, address)) return address;
  }
  throw ApiError("InsufficientAddressCapacity",
                 "There are not enough available addresses to satisfy your request.",  // Assumed: the words
                 500);
}

}  // namespace fogling
