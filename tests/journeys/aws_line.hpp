#pragma once

/// Lines for the AWS CLI, carried out without it: the commands that answers propose, as calls.

#include <string>
#include <string_view>

#include "api/house.hpp"

namespace fogling::test {

/// `aws ec2 create-route --route-table-id rtb-... --gateway-id $(aws ec2 ... --query Path)`. Answers what `--query`
/// says, or nothing. Throws std::invalid_argument where the line is none, and ApiError where EC2 refuses the call.
std::string carry_out_aws(House& house, const state::Scope& scope, std::string_view line);

}  // namespace fogling::test
