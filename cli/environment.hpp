#pragma once

/// What AWS tools read from the environment, and what it has to say for them to come here.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogling::cli {

inline constexpr const char* kDefaultRegion = "us-east-1";
/// For both halves of credentials: it works here, and nowhere else.
inline constexpr const char* kDummyKey = "test";

using Variables = std::vector<std::pair<std::string, std::string>>;

struct Environment {
  Variables set;
  std::vector<std::string> unset;
};

/// What keeps requests to this machine out of a proxy, where one is set.
Variables proxy_bypass();

/// Points SDKs, the AWS CLI, Terraform and the like at an endpoint, with credentials that are worth nothing elsewhere.
Environment client_environment(std::string_view endpoint, std::string_view region);

/// The current environment with these changes, as NAME=value.
std::vector<std::string> changed_environment(const Environment& changes);

/// As export and unset commands for a POSIX shell.
std::string shell_commands(const Environment& changes);

/// A variable's value, or empty.
std::string variable(const char* name);

}  // namespace fogling::cli
