#include "emulator/address_space.hpp"

#include <fmt/format.h>

#include "emulator/network_interfaces.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

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

bool is_taken(Context& context, const state::Subnet& subnet, std::uint32_t number) {
  return state::find_address_holder(context.txn, subnet.subnet_id, number).has_value();
}

}  // namespace

UsableRange usable_range(const Cidr& block) { return {block.first + 4, block.last() - 1}; }

std::uint32_t require_address_of_subnet(const state::Subnet& subnet, std::string_view address, Asking asking) {
  const auto number = parse_ipv4(address);
  if (!number) {
    // Assumed: the words.
    throw errors::invalid_value(address, "privateIpAddress", "This is not a valid IPv4 address.");
  }
  const Cidr block = block_of(subnet);
  const std::string named = asking == Asking::launch ? fmt::format("Address {}", address) : std::string("Address");
  if (!block.contains(*number)) {
    throw errors::invalid_parameter_value(named + " does not fall within the subnet's address range");
  }
  if (!usable_range(block).contains(*number)) {
    throw errors::invalid_parameter_value(fmt::format("Address {} is in subnet's reserved address range", address));
  }
  return *number;
}

std::uint32_t require_private_address(Context& context, const state::Subnet& subnet, std::string_view address,
                                      Asking asking) {
  const std::uint32_t number = require_address_of_subnet(subnet, address, asking);
  if (is_taken(context, subnet, number)) {
    throw ApiError("InvalidIPAddress.InUse", fmt::format("Address {} is in use.", address));
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
