/// Key pairs: made here or brought along. The private key is told once and never kept.

#include "state/key_pairs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/key_material.hpp"
#include "emulator/random.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"

namespace fogling {
namespace {

void check_new_name(Call& call, std::string_view name) {
  if (name.size() > 255) {
    throw errors::invalid_parameter_value("Value for parameter KeyName is invalid. Length exceeds maximum of 255.");
  }
  if (name.front() == ' ' || name.back() == ' ') {
    throw errors::invalid_parameter_value(fmt::format("Invalid value '{}' for keyName. It should be trimmed", name));
  }
  if (!std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7f; })) {
    throw errors::invalid_parameter_value(
        fmt::format("Invalid value '{}' for keyName. It should be ASCII", name));  // Assumed
  }
  if (state::find_key_by_name(call.txn, call.scope, name)) {
    throw ApiError("InvalidKeyPair.Duplicate", "The keypair already exists");
  }
  if (Quotas::is_reached(call.world.quotas.key_pairs, state::count<state::KeyPair>(call.txn, call.scope))) {
    throw ApiError("KeyPairLimitExceeded", "The maximum number of key pairs has been reached.");  // Assumed: the words
  }
}

state::KeyPair keep(Call& call, std::string_view name, std::string_view type, const std::string& fingerprint,
                    const std::string& public_key) {
  state::KeyPair pair;
  pair.account = call.scope.account;
  pair.region = call.scope.region;
  pair.key_pair_id = call.make_id("key");
  pair.key_name = name;
  pair.key_fingerprint = fingerprint;
  pair.key_type = type;
  pair.public_key = public_key;
  pair.create_time_ms = call.now_ms;
  state::insert(call.txn, pair);
  apply_tags(call, pair.key_pair_id, "key-pair");
  return pair;
}

Document CreateKeyPair(Call& call) {
  const auto name = call.require("KeyName");
  check_new_name(call, name);
  const auto type = call.text("KeyType") == "ed25519" ? KeyType::ed25519 : KeyType::rsa;
  const auto format = call.text("KeyFormat") == "ppk" ? KeyFormat::ppk : KeyFormat::pem;
  const auto material =
      generate_key(type, format, name, [&](std::span<std::byte> bytes) { call.random().fill(bytes); });
  const auto pair =
      keep(call, name, type == KeyType::rsa ? "rsa" : "ed25519", material.fingerprint, material.public_key);
  Document answer{{"KeyName", pair.key_name},
                  {"KeyFingerprint", pair.key_fingerprint},
                  {"KeyMaterial", material.private_key},
                  {"KeyPairId", pair.key_pair_id}};
  set_tags(answer, call.txn, pair.key_pair_id);
  return answer;
}

Document ImportKeyPair(Call& call) {
  const auto name = call.require("KeyName");
  const auto given = call.text("PublicKeyMaterial");
  if (given.empty()) throw errors::missing_parameter("PublicKeyMaterial");
  check_new_name(call, name);
  if (given.size() > 2048) {
    throw errors::invalid_parameter_value(
        "Value for parameter PublicKeyMaterial is invalid. Length exceeds maximum of 2048.");
  }
  const auto imported = import_public_key(given, name);
  if (!imported) throw ApiError("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  const auto pair =
      keep(call, name, imported->type == KeyType::rsa ? "rsa" : "ed25519", imported->fingerprint, imported->public_key);
  Document answer{
      {"KeyName", pair.key_name}, {"KeyFingerprint", pair.key_fingerprint}, {"KeyPairId", pair.key_pair_id}};
  set_tags(answer, call.txn, pair.key_pair_id);
  return answer;
}

/// What is not there is deleted all the same. Where name and id disagree the id wins.
Document DeleteKeyPair(Call& call) {
  const auto name = call.text("KeyName"), id = call.text("KeyPairId");
  if (name.empty() && id.empty()) throw ApiError("MissingParameter", "KeyName or KeyPairId must be provided");
  std::optional<state::KeyPair> pair;
  if (!id.empty()) {
    if (!is_well_formed(resource_type("key-pair"), id)) {
      throw errors::invalid_parameter_value("Value for parameter keyPairId is invalid.");
    }
    pair = state::find<state::KeyPair>(call.txn, call.scope, id);
  } else {
    pair = state::find_key_by_name(call.txn, call.scope, name);
  }
  if (!pair) return {{"Return", true}};
  state::remove_tags(call.txn, pair->key_pair_id);
  state::erase(call.txn, *pair);
  return {{"Return", true}, {"KeyPairId", pair->key_pair_id}};
}

std::vector<state::KeyPair> selected_pairs(Call& call) {
  const auto& names = call.items("KeyNames");
  const auto& ids = call.items("KeyPairIds");
  if (!names.empty() && !ids.empty()) {
    throw errors::invalid_combination("The parameter 'keyPairId' may not be used in combination with 'keyName'");
  }
  std::vector<state::KeyPair> pairs;
  for (const auto& each : names) {
    const auto& name = each.get_ref<const std::string&>();
    if (name.empty())
      throw errors::invalid_parameter_value("Invalid value '' for keyPairNames. It should not be blank");
    auto pair = state::find_key_by_name(call.txn, call.scope, name);
    if (!pair) throw unknown_id("key-pair", name);
    pairs.push_back(*std::move(pair));
  }
  for (const auto& each : ids) {
    const auto& id = each.get_ref<const std::string&>();
    auto pair = state::find<state::KeyPair>(call.txn, call.scope, id);
    if (!pair) throw errors::invalid_parameter_value(fmt::format("Invalid value '{}' for keyPairId.", id));
    pairs.push_back(*std::move(pair));
  }
  return names.empty() && ids.empty() ? state::list<state::KeyPair>(call.txn, call.scope) : pairs;
}

Document DescribeKeyPairs(Call& call) {
  std::vector<Document> described;
  for (const auto& pair : selected_pairs(call)) {
    described.push_back({{"KeyPairId", pair.key_pair_id},
                         {"KeyFingerprint", pair.key_fingerprint},
                         {"KeyName", pair.key_name},
                         {"KeyType", pair.key_type},
                         {"Tags", tag_set(call.txn, pair.key_pair_id)},
                         {"CreateTime", iso_time(pair.create_time_ms)}});
    if (call.flag("IncludePublicKey").value_or(false)) described.back()["PublicKey"] = pair.public_key;
  }
  return describe_documents(call, "KeyPairs", std::move(described));
}

constexpr FilterPath kKeyFilters[] = {{"fingerprint", "KeyFingerprint"}};

constexpr Operation kOperations[] = {
    {.name = "CreateKeyPair", .run = CreateKeyPair, .access = Access::write},
    {.name = "DeleteKeyPair", .run = DeleteKeyPair, .access = Access::write},
    {.name = "DescribeKeyPairs",
     .run = DescribeKeyPairs,
     .access = Access::read,
     .listed = "KeyPairInfo",
     .filters = kKeyFilters},
    {.name = "ImportKeyPair", .run = ImportKeyPair, .access = Access::write},
};

}  // namespace

Family key_pairs_family() { return {.operations = kOperations}; }

}  // namespace fogling
