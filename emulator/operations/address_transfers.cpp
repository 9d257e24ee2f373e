/// Elastic addresses handed from one account to another in the same region: offered by the one, accepted by the other.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/addresses.hpp"
#include "emulator/describe.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kDay_ms = 86'400'000;
constexpr std::int64_t kOfferLives_ms = 7 * kDay_ms, kAcceptedIsShown_ms = 14 * kDay_ms;
constexpr const char* kKind = "address-transfer";

/// The open offer of an address; a row of the scope that offers.
std::optional<state::GenericResource> find_offer(Transaction& txn, std::string_view allocation_id) {
  for (auto& transfer : state::list_children(txn, allocation_id, kKind)) {
    if (transfer.state == "pending") return std::move(transfer);
  }
  return std::nullopt;
}

Document EnableAddressTransfer(Call& call) {
  const auto account = call.text("TransferAccountId");
  const bool is_account =
      account.size() == 12 && std::ranges::all_of(account, [](char c) { return std::isdigit(c) != 0; });
  if (!is_account || account == call.scope.account) {
    throw errors::invalid_value(account, "transferAccountId");  // Assumed: the words, and that it must be another's
  }
  const auto address = require_address(call, call.text("AllocationId"));
  forget_transfers(call, address.allocation_id);  // Assumed: a new offer takes the old one's place
  state::GenericResource transfer;
  transfer.account = call.scope.account;
  transfer.region = call.scope.region;
  transfer.resource_id = call.make_id(kKind);
  transfer.kind = kKind;
  transfer.state = "pending";
  transfer.parent_id = address.allocation_id;
  transfer.document = {{"PublicIp", address.public_ip},
                       {"AllocationId", address.allocation_id},
                       {"TransferAccountId", account},
                       {"TransferOfferExpirationTimestamp", iso_time(call.now_ms + kOfferLives_ms)},
                       {"AddressTransferStatus", "pending"}};
  state::insert(call.txn, transfer);
  schedule_by_clock(call, kKind, transfer.resource_id, "forgotten", kOfferLives_ms);
  return {{"AddressTransfer", transfer.document}};
}

Document DisableAddressTransfer(Call& call) {
  const auto address = require_address(call, call.text("AllocationId"));
  auto offer = find_offer(call.txn, address.allocation_id);
  if (!offer) {
    // Assumed: code and words.
    throw ApiError("InvalidTransfer.NotFound",
                   fmt::format("There is no pending transfer of the address {}", address.allocation_id));
  }
  forget_transfers(call, address.allocation_id);
  offer->document["AddressTransferStatus"] = "disabled";
  return {{"AddressTransfer", offer->document}};
}

/// Assumed: the words of both; the codes are documented.
void check_transferable(const state::Address& address) {
  if (!address.association_id.empty()) {
    throw ApiError("InvalidTransfer.AddressAssociated",
                   fmt::format("The address {} is associated and cannot be transferred.", address.public_ip));
  }
  if (!address.ptr_record.empty()) {
    throw ApiError("InvalidTransfer.AddressCustomPtrSet",
                   fmt::format("The address {} has a PTR record set and cannot be transferred.", address.public_ip));
  }
}

/// The address keeps its allocation id (as the documentation's examples show) and loses its tags.
Document AcceptAddressTransfer(Call& call) {
  const auto public_ip = call.text("Address");
  check_public_ip(public_ip);
  auto address = state::find_address_anywhere(call.txn, public_ip);
  auto offer = address ? find_offer(call.txn, address->allocation_id) : std::nullopt;
  if (!offer || address->region != call.scope.region ||
      text(offer->document, "TransferAccountId") != call.scope.account) {
    throw unknown_public_ip(public_ip);  // Assumed: the same as for an address that is not there
  }
  check_transferable(*address);
  const auto quota = call.world.quotas.elastic_ips;
  if (quota >= 0 && Quotas::is_reached(quota, state::count<state::Address>(call.txn, call.scope))) {
    throw ApiError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
  }

  state::erase(call.txn, *address);
  state::remove_tags(call.txn, address->allocation_id);
  state::remove_dues_of(call.txn, address->allocation_id);
  address->account = call.scope.account;
  address->options = nullptr;
  state::insert(call.txn, *address);
  apply_tags(call, address->allocation_id, "elastic-ip");

  offer->state = "accepted";
  offer->document["AddressTransferStatus"] = "accepted";
  offer->document["TransferOfferAcceptedTimestamp"] = iso_time(call.now_ms);
  state::update(call.txn, *offer);
  state::remove_dues_of(call.txn, offer->resource_id);
  Context offerer{call.world, call.txn, offer->scope(), call.now_ms};
  schedule_by_clock(offerer, kKind, offer->resource_id, "forgotten", kAcceptedIsShown_ms);
  return {{"AddressTransfer", offer->document}};
}

/// What the caller has offered; the other account sees the address once it has accepted.
Document DescribeAddressTransfers(Call& call) {
  const auto ids = requested_ids(call, "elastic-ip", "AllocationIds");
  std::vector<Document> transfers;
  std::vector<std::string> unknown = ids;
  for (auto& transfer : state::list_kind(call.txn, call.scope, kKind)) {
    if (!ids.empty() && std::ranges::find(ids, transfer.parent_id) == ids.end()) continue;
    std::erase(unknown, transfer.parent_id);
    transfers.push_back(std::move(transfer.document));
  }
  std::erase_if(unknown, [&](const std::string& id) {
    return state::find<state::Address>(call.txn, call.scope, id).has_value();
  });
  if (!unknown.empty()) throw unknown_ids("elastic-ip", unknown);
  return describe_documents(call, "AddressTransfers", std::move(transfers), "AllocationIds");
}

/// An offer that nobody took, or one that was taken long ago, is no more to be seen.
void move_transfer(Context& context, const state::Due& due) {
  const auto transfer = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (transfer && due.move == "forgotten") state::erase(context.txn, *transfer);
}

constexpr Operation kOperations[] = {
    {.name = "AcceptAddressTransfer", .run = AcceptAddressTransfer, .access = Access::write},
    {.name = "DescribeAddressTransfers", .run = DescribeAddressTransfers, .access = Access::read},
    {.name = "DisableAddressTransfer", .run = DisableAddressTransfer, .access = Access::write},
    {.name = "EnableAddressTransfer", .run = EnableAddressTransfer, .access = Access::write},
};

constexpr Mover kMovers[] = {{kKind, move_transfer}};

}  // namespace

Family address_transfers_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
