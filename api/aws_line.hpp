#pragma once

/// Calls as lines for the AWS CLI.

#include <string>
#include <string_view>

#include "emulator/document.hpp"
#include "fixtures/model/model.hpp"

namespace fogling::api {

/// How the CLI calls an operation or a member: `DescribeVpcs` is `describe-vpcs`, `CidrIpv6` is `cidr-ipv6`.
std::string kebab(std::string_view name);

/// The line that makes this call. Idempotency tokens that a client made up stay out: the line is a call of its own.
/// `region` is said where it is not empty.
std::string aws_line(const model::Operation& operation, const Document& in, std::string_view region);

}  // namespace fogling::api
