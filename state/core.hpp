#pragma once

/// What every kind shares: tags, moves to come, client tokens, settings, and what the program remembers of itself.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/database.hpp"

namespace fogling::state {

struct Tag {
  std::string key, value;
  bool operator==(const Tag&) const = default;
};

/// A tag and what it hangs on, as DescribeTags lists it.
struct TaggedResource {
  std::string resource_id, resource_type, key, value;
};

/// By key; of a resource that several accounts see, each has tags of its own, and this is for the others.
std::vector<Tag> tags_of(Transaction& txn, std::string_view resource_id);
std::vector<Tag> tags_of(Transaction& txn, const Scope& scope, std::string_view resource_id);
/// All tags of a scope, by resource and key.
std::vector<TaggedResource> list_tags(Transaction& txn, const Scope& scope);
void put_tag(Transaction& txn, const Scope& scope, std::string_view resource_id, std::string_view resource_type,
             const Tag& tag);
void remove_tag(Transaction& txn, const Scope& scope, std::string_view resource_id, std::string_view key);
void remove_tags(Transaction& txn, std::string_view resource_id);
/// Ids of what carries this exact tag, in id order.
std::vector<std::string> resources_tagged(Transaction& txn, const Scope& scope, std::string_view key,
                                          std::string_view value);

void add_due(Transaction& txn, const Due& due);
/// The first in order of time and then of sequence. `now_ms` bounds those that wait for the clock, `moves_until_ms` the
/// rest.
std::optional<Due> first_due(Transaction& txn, std::int64_t now_ms, std::int64_t moves_until_ms);
std::optional<Due> first_due_of(Transaction& txn, std::string_view resource_id);
/// The next instant at which anything of one sort is due.
std::optional<std::int64_t> next_due_ms(Transaction& txn, bool waits_for_clock);
std::int64_t count_due(Transaction& txn, bool including_clock);
void remove_due(Transaction& txn, std::int64_t seq);
/// Withdraws what is to come for a resource.
void remove_dues_of(Transaction& txn, std::string_view resource_id);

/// What an earlier call with the same ClientToken asked and was told.
struct ClientToken {
  std::string parameters, answer;
};
std::optional<ClientToken> find_client_token(Transaction& txn, const Scope& scope, std::string_view operation,
                                             std::string_view token);
void add_client_token(Transaction& txn, const Scope& scope, std::string_view operation, std::string_view token,
                      const ClientToken& remembered, std::int64_t now_ms);

/// A setting of an account in a region; empty when never made.
std::string get_setting(Transaction& txn, const Scope& scope, std::string_view name);
void put_setting(Transaction& txn, const Scope& scope, std::string_view name, std::string_view value);

std::string get_meta(Transaction& txn, std::string_view name);
void put_meta(Transaction& txn, std::string_view name, std::string_view value);

/// True the first time that a scope is entered.
bool enter_scope(Transaction& txn, const Scope& scope);

}  // namespace fogling::state
