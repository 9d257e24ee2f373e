#pragma once

/// Who is asking, and where: the credential scope of a request. Signatures are not checked.

#include <string>
#include <string_view>

#include "api/http.hpp"
#include "api/query.hpp"
#include "state/database.hpp"

namespace fogling::api {

/// `Credential=AKID/20261124/us-east-1/ec2/aws4_request`, taken apart; empty parts where there is none.
struct Credential {
  std::string_view access_key, region, service;
};

Credential read_credential(std::string_view authorization);

/// An access key of twelve digits is that account; a region that AWS does not have is the default one. Old clients sign
/// for odd scopes, so nothing is refused.
state::Scope read_scope(const Request& request, const Params& params, const state::Scope& defaults);

}  // namespace fogling::api
