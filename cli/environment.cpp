#include "cli/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace fogling::cli {
namespace {

constexpr const char* kLoopbackNames = "127.0.0.1,localhost,::1";

std::string shell_quoted(std::string_view text) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) || std::string_view("_-./:,@%+=").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Variables proxy_bypass() {
  bool has_proxy = false;
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    has_proxy = has_proxy || !variable(name).empty();
  }
  Variables set;
  if (!has_proxy) return set;
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    const std::string before = variable(name);
    if (before.find(kLoopbackNames) != std::string::npos) continue;
    set.emplace_back(name, before + (before.empty() ? "" : ",") + kLoopbackNames);
  }
  return set;
}

Environment client_environment(std::string_view endpoint, std::string_view region) {
  Environment environment;
  for (const char* name : {"FOGLING_ENDPOINT", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSM",
                           "AWS_ENDPOINT_URL_CLOUDTRAIL"}) {
    environment.set.emplace_back(name, endpoint);
  }
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) environment.set.emplace_back(name, kDummyKey);
  for (const char* name : {"AWS_DEFAULT_REGION", "AWS_REGION"}) environment.set.emplace_back(name, region);
  environment.set.emplace_back("AWS_EC2_METADATA_DISABLED", "true");
  // They would win over what was just set, or send a real session's token along.
  environment.unset = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN",
                       "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"};
  for (auto& each : proxy_bypass()) environment.set.push_back(std::move(each));
  return environment;
}

std::vector<std::string> changed_environment(const Environment& changes) {
  const auto is_changed = [&changes](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('='));
    const auto is_name = [name](const auto& pair) { return pair.first == name; };
    return std::any_of(changes.set.begin(), changes.set.end(), is_name) ||
           std::find(changes.unset.begin(), changes.unset.end(), name) != changes.unset.end();
  };
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    if (!is_changed(*entry)) all.emplace_back(*entry);
  }
  for (const auto& [name, value] : changes.set) all.push_back(name + "=" + value);
  return all;
}

std::string shell_commands(const Environment& changes) {
  std::string text;
  for (const auto& [name, value] : changes.set) text += "export " + name + "=" + shell_quoted(value) + "\n";
  if (!changes.unset.empty()) {
    text += "unset";
    for (const std::string& name : changes.unset) text += " " + name;
    text += "\n";
  }
  return text;
}

}  // namespace fogling::cli
