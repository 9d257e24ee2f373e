#include "emulator/address_space.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/network_v6.hpp>

#include "emulator/network_interfaces.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

namespace ip = boost::asio::ip;

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

Cidr block_of(const state::Subnet& subnet) { return parse_cidr(subnet.cidr_block).value(); }

/// The subnet's IPv6 block.
ip::network_v6 ipv6_network(const state::Subnet& subnet) {
  for (const auto& association : subnet.ipv6_cidr_block_associations) {
    if (text(part(association, "Ipv6CidrBlockState"), "State") == "associated") {
      return ip::make_network_v6(std::string(text(association, "Ipv6CidrBlock")));
    }
  }
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

std::uint32_t draw_private_address(Context& context, const state::Subnet& subnet, Asking asking) {
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

Cidr draw_prefix(Context& context, const state::Subnet& subnet) {
  const Cidr block = block_of(subnet);
  const auto usable = usable_range(block);
  const auto is_free = [&](const Cidr& prefix) {
    return usable.contains(prefix.first) && usable.contains(prefix.last()) &&
           !state::has_private_address_between(context.txn, subnet.subnet_id, prefix.first, prefix.last());
  };
  const std::uint64_t prefixes = block.size() / kPrefixSize;
  const std::uint64_t start = context.random().below(prefixes);
  for (std::uint64_t step = 0; step < prefixes; ++step) {
    const auto place = static_cast<std::uint32_t>((start + step) % prefixes);
    const Cidr prefix{block.first + place * kPrefixSize, kPrefixLength};
    if (is_free(prefix)) return prefix;
  }
  throw ApiError("InsufficientCidrBlocks",
                 "The specified subnet does not have enough free cidr blocks to satisfy the request.");
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

std::string draw_ipv6_address(Context& context, const state::Subnet& subnet) {
  auto bytes = ipv6_network(subnet).address().to_bytes();
  // Sixty-four bits of chance need no look at who has what.
  const std::uint64_t host = context.random().next();
  for (std::size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<unsigned char>(host >> (8 * i));
  return ip::address_v6(bytes).to_string();
}

std::string require_ipv6_address(Context& context, const state::Subnet& subnet, std::string_view address) {
  const auto network = ipv6_network(subnet);
  const auto canonical = parse_ipv6(address);
  if (!canonical) {  // Assumed: the words, as of IPv4
    throw errors::invalid_parameter_value(fmt::format("invalid value for parameter address: {}", address));
  }
  const auto parsed = ip::make_address_v6(*canonical);
  if (ip::make_network_v6(parsed, network.prefix_length()).canonical() != network.canonical()) {
    throw errors::invalid_parameter_value("Address does not fall within the subnet's address range");
  }
  for (const auto& interface : state::interfaces_of_subnet(context.txn, subnet.subnet_id)) {
    for (const auto& held : interface.ipv6_addresses) {
      if (text(held, "Ipv6Address") == *canonical) {
        throw ApiError("InvalidIPAddress.InUse", "The specified address is already in use.");  // Assumed: as of IPv4
      }
    }
  }
  return *canonical;
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
