#include "api/sigv4.hpp"

#include <algorithm>

#include "fixtures/catalogue/catalogue.hpp"

namespace fogling::api {
namespace {

Credential split_credential(std::string_view text) {
  Credential credential;
  std::string_view* parts[] = {&credential.access_key, nullptr, &credential.region, &credential.service};
  for (std::string_view* part : parts) {
    const auto slash = text.find('/');
    if (part != nullptr) *part = text.substr(0, slash);
    if (slash == std::string_view::npos) break;
    text.remove_prefix(slash + 1);
  }
  return credential;
}

bool is_account(std::string_view key) {
  return key.size() == 12 && std::ranges::all_of(key, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Credential read_credential(std::string_view authorization) {
  constexpr std::string_view kMark = "Credential=";
  const auto at = authorization.find(kMark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = authorization.substr(at + kMark.size());
  return split_credential(rest.substr(0, std::min(rest.find(','), rest.find(' '))));
}

state::Scope read_scope(const Request& request, const Params& params, const state::Scope& defaults) {
  Credential credential = read_credential(request.authorization);
  if (credential.access_key.empty()) credential = split_credential(params.get("X-Amz-Credential"));
  if (credential.access_key.empty()) credential.access_key = params.get("AWSAccessKeyId");
  state::Scope scope = defaults;
  if (is_account(credential.access_key)) scope.account = credential.access_key;
  if (!credential.region.empty() && catalogue::find_region(credential.region) != nullptr) {
    scope.region = credential.region;
  }
  return scope;
}

}  // namespace fogling::api
