/// Managed prefix lists: entries with their versions, and what refers to a list. Making, changing and deleting are
/// declared; AWS' own lists are shown beside the account's.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/ip_blocks.hpp"
#include "emulator/kinds.hpp"
#include "emulator/prefix_lists.hpp"
#include "emulator/security_group_rules.hpp"
#include "emulator/world.hpp"
#include "state/security_groups.hpp"

namespace fogling {
namespace {

constexpr kinds::Transition kRestoring{"restore-in-progress", "restore-complete", 1000};
constexpr std::int64_t kMostEntries = 1000;
/// Documented: so many of the resources that cannot take a list's new size are told.
constexpr std::size_t kToldResources = 10;

// ---- Entries and versions ------------------------------------------------------------------------------------------
// The member _Versions of a document holds the entries of each version, the first being version 1. Assumed: the words
// of refusals.

Document& current_entries(GenericResource& list) { return list.document["_Versions"].back(); }

std::string canonical_entry(std::string_view given, std::string_view family) {
  auto block = is_ipv6(given) == (family == "IPv6") ? canonical_block(given) : std::nullopt;
  if (!block) throw errors::invalid_value(given, "Cidr", fmt::format("This is not a valid {} CIDR block.", family));
  return *std::move(block);
}

Document* find_entry(Document& entries, std::string_view block) {
  const auto found = std::ranges::find_if(entries, [&](const Document& each) { return text(each, "Cidr") == block; });
  return found == entries.end() ? nullptr : &*found;
}

/// Blocks of a parameter, canonical, each once.
Document read_entries(const Call& call, const char* member, std::string_view family) {
  Document entries = Document::array();
  for (const auto& each : call.items(member)) {
    Document entry{{"Cidr", canonical_entry(text(each, "Cidr"), family)}};
    set_if(entry, "Description", text(each, "Description"));
    if (find_entry(entries, text(entry, "Cidr")) != nullptr) {
      throw errors::invalid_parameter_value(
          fmt::format("The CIDR {} is specified more than once.", text(entry, "Cidr")));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

void check_size(std::size_t entries, std::int64_t most) {
  if (static_cast<std::int64_t>(entries) <= most) return;
  throw ApiError("PrefixListMaxEntriesExceeded",
                 fmt::format("You can't have more than {} entries in the prefix list.", most));
}

void check_most_entries(std::int64_t most) {
  if (most < 1 || most > kMostEntries) {
    throw errors::invalid_value(std::to_string(most), "MaxEntries", "It must be from 1 to 1000.");
  }
}

void check_name(std::string_view name) {
  if (!name.starts_with("com.amazonaws") && name.size() <= 255) return;
  throw errors::invalid_value(name, "PrefixListName", "The name cannot start with com.amazonaws.");
}

void check_version(const GenericResource& list, std::optional<std::int64_t> current) {
  if (!current) throw errors::missing_parameter("CurrentVersion");
  if (*current == integer(list.document, "Version")) return;
  throw ApiError("PrefixListVersionMismatch", "The prefix list has the incorrect version number");
}

void add_version(GenericResource& list, Document entries) {
  list.document["_Versions"].push_back(std::move(entries));
  list.document["Version"] = list.document["_Versions"].size();
}

// ---- What is declared, and more ------------------------------------------------------------------------------------

void create_prefix_list(Call& call, GenericResource& list) {
  const auto family = call.require("AddressFamily");
  if (family != "IPv4" && family != "IPv6") throw errors::invalid_value(family, "AddressFamily");
  check_name(call.require("PrefixListName"));
  const auto most = call.integer("MaxEntries").value_or(0);
  check_most_entries(most);
  Document entries = read_entries(call, "Entries", family);
  check_size(entries.size(), most);
  list.document["_Versions"] = Document::array({std::move(entries)});
}

void change_entries(const Call& call, GenericResource& list) {
  check_version(list, call.integer("CurrentVersion"));
  const auto family = text(list.document, "AddressFamily");
  Document entries = current_entries(list);
  for (const auto& gone : read_entries(call, "RemoveEntries", family)) {
    const auto* entry = find_entry(entries, text(gone, "Cidr"));
    if (entry == nullptr) {
      throw ApiError("InvalidPrefixListModification",
                     fmt::format("The CIDR {} is not in the prefix list {}.", text(gone, "Cidr"), list.resource_id));
    }
    entries.erase(static_cast<std::size_t>(entry - &entries[0]));
  }
  for (const auto& added : read_entries(call, "AddEntries", family)) {
    if (auto* entry = find_entry(entries, text(added, "Cidr"))) {
      *entry = added;  // with its new description
    } else {
      entries.push_back(added);
    }
  }
  check_size(entries.size(), integer(list.document, "MaxEntries").value_or(0));
  add_version(list, std::move(entries));
}

/// Groups and route tables that cannot take the list as it has become.
std::vector<std::string> overfull_resources(Call& call, const GenericResource& list) {
  std::vector<std::string> overfull;
  for (const auto& rule : state::rules_with_prefix_list(call.txn, call.scope, list.resource_id)) {
    if (std::ranges::find(overfull, rule.group_id) != overfull.end()) continue;
    const auto used = count_rules(call, state::rules_of_group(call.txn, rule.group_id), rule.is_egress);
    if (Quotas::is_reached(call.world.quotas.rules_per_security_group, used, 0)) overfull.push_back(rule.group_id);
  }
  for (const auto& table : state::list_referring(call.txn, list.resource_id, "route-table")) {
    std::int64_t used = 0;
    for (const auto& route : items(table.document, "Routes")) {
      const auto id = text(route, "DestinationPrefixListId");
      used += id.empty() ? 1 : prefix_list_weight(call, id);
    }
    if (Quotas::is_reached(call.world.quotas.routes_per_table, used, 0)) overfull.push_back(table.resource_id);
  }
  return overfull;
}

/// Documented: the new size is taken, unless something that refers to the list cannot hold so much; then it fails after
/// the answer.
void change_size(Call& call, GenericResource& list, std::int64_t before) {
  const auto most = integer(list.document, "MaxEntries").value_or(0);
  check_most_entries(most);
  check_size(current_entries(list).size(), most);
  state::update(call.txn, list);  // seen by whoever asks for the list's weight
  auto overfull = overfull_resources(call, list);
  if (overfull.empty()) return;
  overfull.resize(std::min(overfull.size(), kToldResources));
  list.document["MaxEntries"] = before;
  list.document["_Failure"] = fmt::format("The following resources do not support the new maximum size: {}",
                                          fmt::join(overfull, ", "));  // Assumed: the words
}

void modify_prefix_list(Call& call, GenericResource& list) {
  const auto before = state::find<GenericResource>(call.txn, call.scope, list.resource_id).value();
  const bool changes_entries = !call.items("AddEntries").empty() || !call.items("RemoveEntries").empty();
  if (has(call.in, "PrefixListName")) check_name(call.text("PrefixListName"));
  if (changes_entries && call.integer("MaxEntries")) {
    throw errors::invalid_combination(
        "You cannot modify the entries of a prefix list and modify the size of a prefix list at the same time.");
  }
  list.document.erase("StateMessage");
  if (changes_entries) change_entries(call, list);
  if (call.integer("MaxEntries")) change_size(call, list, integer(before.document, "MaxEntries").value_or(0));
}

void move_prefix_list(Context& context, GenericResource& list) {
  if (!has(list.document, "_Failure")) return;
  list.document["StateMessage"] = list.document["_Failure"];
  list.document.erase("_Failure");
  put_state(context, list, "modify-failed");
}

void remove_prefix_list(Call& call, GenericResource& list) {
  if (state::rules_with_prefix_list(call.txn, call.scope, list.resource_id).empty()) return;
  throw errors::dependency_violation(  // Assumed: the words
      fmt::format("The prefixList '{}' has dependencies and cannot be deleted.", list.resource_id));
}

Document RestoreManagedPrefixListVersion(Call& call) {
  auto list = require_resource(call, "prefix-list", call.require("PrefixListId"));
  check_version(list, call.integer("CurrentVersion"));
  const auto previous = call.integer("PreviousVersion").value_or(0);
  const auto& versions = list.document["_Versions"];
  if (previous < 1 || previous > static_cast<std::int64_t>(versions.size())) {
    throw errors::invalid_value(std::to_string(previous), "PreviousVersion", "There is no such version.");
  }
  Document entries = versions[static_cast<std::size_t>(previous - 1)];
  check_size(entries.size(), integer(list.document, "MaxEntries").value_or(0));
  add_version(list, std::move(entries));
  begin(call, list, kRestoring);
  return {{"PrefixList", shown(call, list)}};
}

// ---- Showing -------------------------------------------------------------------------------------------------------

Document aws_list_document(const Call& call, const services::PrefixList& list) {
  return {{"PrefixListId", list.id},
          {"AddressFamily", list.address_family},
          {"State", "create-complete"},
          {"PrefixListArn", fmt::format("arn:aws:ec2:{}:aws:prefix-list/{}", call.scope.region, list.id)},
          {"PrefixListName", list.name},
          {"Tags", Document::array()},
          {"OwnerId", "AWS"}};
}

/// Of all lists, those that the request names by id; throws where one of them is not there.
std::vector<Document> named_in_request(const Call& call, std::vector<Document> lists) {
  const auto ids = requested_ids(call, "prefix-list", "PrefixListIds");
  if (ids.empty()) return lists;
  const auto has_id = [](std::string_view id) {
    return [id](const Document& list) { return text(list, "PrefixListId") == id; };
  };
  for (const auto& id : ids) {
    if (std::ranges::none_of(lists, has_id(id))) throw unknown_id("prefix-list", id);
  }
  std::erase_if(lists,
                [&](const Document& list) { return std::ranges::find(ids, text(list, "PrefixListId")) == ids.end(); });
  return lists;
}

Document DescribeManagedPrefixLists(Call& call) {
  std::vector<Document> lists;
  for (const auto& each : services::prefix_lists(call.scope.region)) lists.push_back(aws_list_document(call, each));
  for (const auto& row : state::list_kind(call.txn, call.scope, "prefix-list")) {
    lists.push_back(shown(call, row));
    call.looked_at.push_back(row.resource_id);
  }
  return describe_documents(call, "PrefixLists", named_in_request(call, std::move(lists)), "PrefixListIds");
}

Document DescribePrefixLists(Call& call) {
  std::vector<Document> lists;
  for (const auto& each : services::prefix_lists(call.scope.region)) {
    Document blocks = Document::array();
    for (const auto& entry : each.entries) blocks.push_back(entry);
    lists.push_back({{"PrefixListId", each.id}, {"PrefixListName", each.name}, {"Cidrs", std::move(blocks)}});
  }
  return describe_documents(call, "PrefixLists", named_in_request(call, std::move(lists)), "PrefixListIds");
}

Document GetManagedPrefixListEntries(Call& call) {
  const auto id = call.require("PrefixListId");
  std::vector<Document> entries;
  if (const auto of_aws = find_aws_prefix_list(call, id)) {
    for (const auto& each : of_aws->entries) entries.push_back({{"Cidr", each}});
    return describe_documents(call, "Entries", std::move(entries));
  }
  const auto list = require_resource(call, "prefix-list", id);
  const auto& versions = list.document["_Versions"];
  const auto wanted = call.integer("TargetVersion").value_or(static_cast<std::int64_t>(versions.size()));
  if (wanted < 1 || wanted > static_cast<std::int64_t>(versions.size())) {
    throw errors::invalid_value(std::to_string(wanted), "TargetVersion", "There is no such version.");
  }
  for (const auto& each : versions[static_cast<std::size_t>(wanted - 1)]) entries.push_back(each);
  return describe_documents(call, "Entries", std::move(entries));
}

Document GetManagedPrefixListAssociations(Call& call) {
  const auto id = call.require("PrefixListId");
  require_prefix_list(call, id);
  std::vector<std::string> ids;
  for (const auto& rule : state::rules_with_prefix_list(call.txn, call.scope, id)) {
    if (std::ranges::find(ids, rule.group_id) == ids.end()) ids.push_back(rule.group_id);
  }
  for (auto& holder : state::holders_of(call.txn, id)) ids.push_back(std::move(holder));
  std::vector<Document> associations;
  for (const auto& each : ids) associations.push_back({{"ResourceId", each}, {"ResourceOwner", call.scope.account}});
  return describe_documents(call, "PrefixListAssociations", std::move(associations));
}

constexpr Operation kOperations[] = {
    {.name = "DescribeManagedPrefixLists",
     .run = DescribeManagedPrefixLists,
     .access = Access::read,
     .listed = "ManagedPrefixList"},
    {.name = "DescribePrefixLists", .run = DescribePrefixLists, .access = Access::read, .listed = "PrefixList"},
    {.name = "GetManagedPrefixListAssociations", .run = GetManagedPrefixListAssociations, .access = Access::read},
    {.name = "GetManagedPrefixListEntries", .run = GetManagedPrefixListEntries, .access = Access::read},
    {.name = "RestoreManagedPrefixListVersion", .run = RestoreManagedPrefixListVersion, .access = Access::write},
};

constexpr Hooks kHooks[] = {{.kind = "prefix-list",
                             .create = create_prefix_list,
                             .modify = modify_prefix_list,
                             .remove = remove_prefix_list,
                             .moved = move_prefix_list}};

}  // namespace

Family managed_prefix_lists_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
