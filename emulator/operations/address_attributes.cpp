/// Reverse DNS names of elastic addresses, and what is left of moving addresses from and to EC2-Classic.

#include <fmt/format.h>

#include "emulator/addresses.hpp"
#include "emulator/describe.hpp"
#include "emulator/encoding.hpp"
#include "emulator/lifecycle.hpp"

namespace fogling {
namespace {

/// Assumed: how long a change of a PTR record is PENDING; on EC2 minutes or more.
constexpr std::int64_t kPtrUpdateTakes_ms = 30'000;
constexpr const char* kUpdate = "PtrRecordUpdate";

Document attribute_document(const state::Address& address) {
  Document out{{"PublicIp", address.public_ip}, {"AllocationId", address.allocation_id}};
  set_if(out, "PtrRecord", address.ptr_record);
  if (has(address.options, kUpdate)) out[kUpdate] = address.options[kUpdate];
  return out;
}

/// Letters, digits and hyphens between dots. Assumed: what is refused, and the words.
void check_domain_name(std::string_view name) {
  if (consists_of_letters_digits_and("-.", name) && name.size() <= 255 && name.find('.') != std::string_view::npos &&
      name.find("..") == std::string_view::npos && name.front() != '.') {
    return;
  }
  throw errors::invalid_value(name, "domainName", "It is not a domain name.");
}

/// Begins a change: PENDING now, done a while later.
Document change_ptr_record(Call& call, state::Address& address, std::string_view name) {
  Document options = address.options.is_object() ? address.options : Document::object();
  options[kUpdate] = {{"Value", name}, {"Status", "PENDING"}};
  address.options = std::move(options);
  state::update(call.txn, address);
  state::remove_dues_of(call.txn, address.allocation_id);
  schedule(call, "elastic-ip", address.allocation_id, "ptr-updated", kPtrUpdateTakes_ms);
  return {{"Address", attribute_document(address)}};
}

/// Assumed: the forward record that EC2 asks for is taken for granted, since nobody here looks names up.
Document ModifyAddressAttribute(Call& call) {
  std::string name(call.require("DomainName"));
  check_domain_name(name);
  if (name.back() != '.') name += '.';
  auto address = require_address(call, call.text("AllocationId"));
  return change_ptr_record(call, address, name);
}

void check_attribute(const Call& call) {
  const auto attribute = call.text("Attribute");
  if (attribute.empty() || attribute == "domain-name") return;
  throw errors::invalid_value(attribute, "attribute", "Unknown attribute.");
}

Document ResetAddressAttribute(Call& call) {
  check_attribute(call);
  auto address = require_address(call, call.text("AllocationId"));
  return change_ptr_record(call, address, "");
}

/// Assumed: an address without the attribute is not shown; clients take an empty list for "not set".
Document DescribeAddressesAttribute(Call& call) {
  check_attribute(call);
  PageBuilder<state::Address> page{call, read_paging(call, "AllocationIds")};
  for (const auto& address :
       candidates<state::Address>(call, {.type = "elastic-ip", .ids = "AllocationIds", .list = "Addresses"})) {
    const bool is_set = !address.ptr_record.empty() || has(address.options, kUpdate);
    if (is_set && !page.offer(address, attribute_document)) break;
  }
  Document answer{{"Addresses", std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

void move_address(Context& context, const state::Due& due) {
  auto address = state::find<state::Address>(context.txn, context.scope, due.resource_id);
  if (!address || due.move != "ptr-updated" || !has(address->options, kUpdate)) return;
  address->ptr_record = text(address->options[kUpdate], "Value");
  address->options.erase(kUpdate);
  state::update(context.txn, *address);
}

// ---- EC2-Classic ---------------------------------------------------------------------------------------------------

/// Assumed: since EC2-Classic ended no address lives there, so none of that kind is ever found.
Document find_in_classic(Call& call) {
  const auto public_ip = call.require("PublicIp");
  check_public_ip(public_ip);
  throw unknown_public_ip(public_ip);
}

Document DescribeMovingAddresses(Call& call) {
  for (const auto& each : call.items("PublicIps")) check_public_ip(each.get_ref<const std::string&>());
  return describe_documents(call, "MovingAddressStatuses", {});
}

constexpr FilterPath kMovingFilters[] = {{"moving-status", "MoveStatus"}};

constexpr Operation kOperations[] = {
    {.name = "DescribeAddressesAttribute", .run = DescribeAddressesAttribute, .access = Access::read},
    {.name = "DescribeMovingAddresses",
     .run = DescribeMovingAddresses,
     .access = Access::read,
     .listed = "MovingAddressStatus",
     .filters = kMovingFilters},
    {.name = "ModifyAddressAttribute", .run = ModifyAddressAttribute, .access = Access::write},
    {.name = "MoveAddressToVpc", .run = find_in_classic, .access = Access::write},
    {.name = "ResetAddressAttribute", .run = ResetAddressAttribute, .access = Access::write},
    {.name = "RestoreAddressToClassic", .run = find_in_classic, .access = Access::write},
};

constexpr Mover kMovers[] = {{"elastic-ip", move_address}};

}  // namespace

Family address_attributes_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
