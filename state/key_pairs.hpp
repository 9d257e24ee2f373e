#pragma once

#include "state/table.hpp"

namespace fogling::state {

struct KeyPair : Resource {
  std::string key_pair_id;
  std::string key_name;
  std::string key_fingerprint;
  std::string key_type;
  std::string public_key;
  std::int64_t create_time_ms = 0;
};

template <>
struct Table<KeyPair> {
  using T = KeyPair;
  static constexpr std::string_view name = "key_pair";
  static decltype(auto) columns(auto visit) {
    return visit(Column{"key_pair_id", &T::key_pair_id}, Column{"key_name", &T::key_name},
                 Column{"key_fingerprint", &T::key_fingerprint}, Column{"key_type", &T::key_type},
                 Column{"public_key", &T::public_key}, Column{"create_time_ms", &T::create_time_ms});
  }
};

std::optional<KeyPair> find_key_by_name(Transaction& txn, const Scope& scope, std::string_view key_name);

}  // namespace fogling::state
