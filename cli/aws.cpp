#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <string_view>

#include "cli/commands.hpp"
#include "cli/environment.hpp"

namespace fogling::cli {
namespace {

constexpr int kCannotExecute = 126, kNotFound = 127;  // as shells have it

/// The value of `--name value` or `--name=value` among arguments, or empty.
std::string argument(const std::vector<std::string>& arguments, const std::string& name) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].starts_with(name + "=")) return arguments[i].substr(name.size() + 1);
    if (arguments[i] == name && i + 1 < arguments.size()) return arguments[i + 1];
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Whether a section of one of the AWS CLI's own files has any of these keys.
bool has_key(const std::string& file, std::string_view section, std::initializer_list<std::string_view> keys) {
  std::ifstream input(file);
  bool in_section = false;
  for (std::string line; std::getline(input, line);) {
    const std::string_view text = trimmed(line);
    if (text.starts_with('[')) {
      in_section = trimmed(text.substr(1, text.find(']') - 1)) == section;
    } else if (in_section && !line.starts_with(' ') && !line.starts_with('\t')) {  // indented lines are nested settings
      const std::string_view key = trimmed(text.substr(0, text.find('=')));
      for (const std::string_view each : keys) {
        if (key == each) return true;
      }
    }
  }
  return false;
}

/// What the user has told the AWS CLI for every day.
class Habits {
 public:
  explicit Habits(const std::vector<std::string>& arguments) {
    profile_ = argument(arguments, "--profile");
    if (profile_.empty()) profile_ = variable("AWS_PROFILE");
    if (profile_.empty()) profile_ = variable("AWS_DEFAULT_PROFILE");
    if (profile_.empty()) profile_ = "default";
    has_region_ = !argument(arguments, "--region").empty();
  }

  bool have_credentials() const {
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                             "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"}) {
      if (!variable(name).empty()) return true;
    }
    return has_key(credentials_file(), profile_, {"aws_access_key_id", "credential_process"}) ||
           has_key(config_file(), section(),
                   {"aws_access_key_id", "credential_process", "sso_session", "sso_start_url", "role_arn",
                    "web_identity_token_file", "login_session"});
  }
  bool have_region() const {
    return has_region_ || !variable("AWS_DEFAULT_REGION").empty() || has_key(config_file(), section(), {"region"}) ||
           has_key(credentials_file(), profile_, {"region"});
  }

 private:
  static std::string file(const char* name, const char* otherwise) {
    const std::string named = variable(name);
    return named.empty() ? variable("HOME") + otherwise : named;
  }
  static std::string credentials_file() { return file("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"); }
  static std::string config_file() { return file("AWS_CONFIG_FILE", "/.aws/config"); }
  std::string section() const { return profile_ == "default" ? profile_ : "profile " + profile_; }

  std::string profile_;
  bool has_region_;
};

void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

void set_if_empty(const char* name, const std::string& value) {
  if (variable(name).empty()) set(name, value);
}

}  // namespace

int aws(const std::string& endpoint, const std::vector<std::string>& arguments) {
  const Habits habits(arguments);
  if (!habits.have_credentials()) {
    set("AWS_ACCESS_KEY_ID", kDummyKey);
    set("AWS_SECRET_ACCESS_KEY", kDummyKey);
  }
  // AWS_REGION first: older versions of the AWS CLI do not read it.
  if (!habits.have_region()) {
    set_if_empty("AWS_DEFAULT_REGION", variable("AWS_REGION"));
    set_if_empty("AWS_DEFAULT_REGION", variable("FOGLING_REGION"));
    set_if_empty("AWS_DEFAULT_REGION", kDefaultRegion);
  }
  set_if_empty("AWS_EC2_METADATA_DISABLED", "true");
  for (const auto& [name, value] : proxy_bypass()) set(name.c_str(), value);

  std::vector<std::string> command{"aws"};
  if (argument(arguments, "--endpoint-url").empty()) command.insert(command.end(), {"--endpoint-url", endpoint});
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& each : command) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  ::execvp("aws", pointers.data());

  const int error = errno;
  if (error == ENOENT) {
    std::fputs("fogling: The AWS CLI, aws, is not on the PATH.\n", stderr);
    return kNotFound;
  }
  std::fprintf(stderr, "fogling: Cannot run aws: %s.\n", std::strerror(error));
  return kCannotExecute;
}

}  // namespace fogling::cli
