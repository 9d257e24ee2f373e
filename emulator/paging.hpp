#pragma once

/// MaxResults and NextToken, the same for every list. A token is opaque to clients; it names the operation and the
/// place in the order of creation after which the next page begins, so that it survives a restart.

#include <cstdint>
#include <string>

#include "emulator/call.hpp"

namespace fogling {

struct Paging {
  std::int64_t after = 0;          ///< resume behind this place in the order
  std::int64_t limit = INT64_MAX;  ///< items of a page
  bool bounds_scan = false;        ///< the limit is of items looked at, before filters other than `vpc-id`
};

/// Reads and checks MaxResults and NextToken. `ids_member` names the parameter with ids, which many operations refuse
/// together with MaxResults. Throws EC2's errors: out of range, InvalidNextToken, InvalidParameterCombination.
Paging read_paging(const Call& call, std::string_view ids_member = {});

std::string make_token(const Call& call, std::int64_t after);

}  // namespace fogling
