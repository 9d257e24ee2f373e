#include "emulator/paging.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/encoding.hpp"

namespace fogling {
namespace {

/// What recordings and the reference say of MaxResults, by operation. `{}` stands for the value given.
struct Limits {
  std::string_view operation;
  std::int64_t least, most;
  bool clamps;  ///< above `most` counts as `most`
  std::string_view too_small;
  std::string_view with_ids;        ///< refused together with ids, in these words; empty: allowed
  std::string_view bad_token = {};  ///< InvalidParameterValue in these words; empty: InvalidNextToken
  bool bounds_scan = false;         ///< recorded: pages are cut before filters; the last but one has a token too
};

constexpr std::string_view kClassic =
    "Value ( {} ) for parameter maxResults is invalid. Expecting a value greater than 5.";
constexpr std::string_view kNetwork =
    "Value ( {} ) for parameter MaxResults is invalid. Expecting a value greater than or equal to 5.";
constexpr std::string_view kNetworkToken = "Value ( {} ) for parameter NextToken is invalid. The token is invalid.";
constexpr std::string_view kImages = "Invalid value '{}' for maxResults. Expecting a value greater than 5.";

constexpr Limits kLimits[] = {
    {"DescribeInstances", 5, 1000, true, kClassic,
     "The parameter instancesSet cannot be used with the parameter maxResults"},
    {"DescribeInstanceStatus", 5, 1000, true, kClassic,
     "The parameter instanceIdsSet cannot be used with the parameter maxResults/nextToken."},
    {"DescribeVolumes", 5, 1000, true, kClassic,
     "The parameter volumeSet cannot be used with the parameter maxResults"},
    {"DescribeVolumeStatus", 5, 1000, true, kClassic,
     "The parameter volumeSet cannot be used with the parameter maxResults"},
    {"DescribeSnapshots", 5, 1000, true, kClassic, {}},
    {"DescribeTags", 5, 1000, true, kClassic, {}},
    {"DescribeImages", 5, 1000, true, kImages,
     "The parameter imageIdsSet cannot be used with the parameter maxResults"},
    {"DescribeVpcs", 5, 1000, false, kNetwork, "The parameter VpcIds cannot be used with the parameter MaxResults",
     kNetworkToken},
    {"DescribeSubnets", 5, 1000, false, kNetwork,
     "The parameter SubnetIds cannot be used with the parameter MaxResults", kNetworkToken, true},
    {"DescribeSecurityGroups", 5, 1000, false, kClassic,
     "The parameter securityGroupIdSet cannot be used with the parameter maxResults",
     "invalid value for parameter next-token: {}", true},
    {"DescribeSecurityGroupRules", 5, 1000, false, kClassic, {}},
    {"DescribeNetworkInterfaces", 5, 1000, false, kClassic,
     "The parameter networkInterfaceIds cannot be used with the parameter maxResults"},
    {"DescribeInstanceTypes", 5, 100, false, kClassic, {}},
    {"DescribeInstanceTypeOfferings", 5, 1000, false, kClassic, {}},
    {"DescribeRouteTables", 5, 100, false, kClassic, {}},
    {"DescribeVolumesModifications", 1, 500, false, {}, {}},
    {"DescribeIamInstanceProfileAssociations", 1, 1001, false, kClassic, {}},
};

constexpr std::uint32_t kSalt = 0x0f06;

std::uint32_t checksum(std::string_view text) {  // FNV-1a: tells a mangled token, not a forged one
  std::uint32_t hash = 2166136261U ^ kSalt;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

/// The place that a token names; nothing where it is no token of this operation.
std::optional<std::int64_t> read_token(const Call& call, std::string_view token) {
  const auto decoded = base64_decode(token);
  if (!decoded) return std::nullopt;
  const auto bar = decoded->find('|');
  const auto last = decoded->rfind('|');
  if (bar == std::string::npos || last == bar) return std::nullopt;
  const std::string_view all(*decoded);
  std::int64_t after = -1;
  std::uint32_t sum = 0;
  std::from_chars(all.data() + bar + 1, all.data() + last, after);
  std::from_chars(all.data() + last + 1, all.data() + all.size(), sum, 16);
  if (all.substr(0, bar) != call.operation.name || sum != checksum(all.substr(0, last)) || after < 0)
    return std::nullopt;
  return after;
}

ApiError invalid_token(std::string_view words, std::string_view token) {
  if (words.empty()) return {"InvalidNextToken", "Pagination token is invalid"};
  return errors::invalid_parameter_value(fmt::format(fmt::runtime(words), token));
}

}  // namespace

Paging read_paging(const Call& call, std::string_view ids_member) {
  Paging paging;
  const auto max_results = call.integer("MaxResults");
  const auto* rule = std::ranges::find(kLimits, call.operation.name, &Limits::operation);
  const bool is_known = rule != std::end(kLimits);
  const bool has_ids = !ids_member.empty() && !call.items(ids_member).empty();
  if (max_results) {
    if (has_ids && is_known && !rule->with_ids.empty()) throw errors::invalid_combination(std::string(rule->with_ids));
    const auto* member = model::find_member(*call.operation.input, "MaxResults");
    const auto least = is_known ? rule->least : member->shape->min.value_or(1);
    const auto most = is_known ? rule->most : member->shape->max.value_or(1000);
    if (*max_results < least) {
      const auto words = is_known ? rule->too_small : std::string_view{};
      throw errors::invalid_parameter_value(
          words.empty()
              ? fmt::format("Value ( {} ) for parameter MaxResults is invalid. Expecting a value greater than or"
                            " equal to {}.",
                            *max_results, least)
              : fmt::format(fmt::runtime(words), *max_results));
    }
    if (*max_results > most && !(is_known && rule->clamps)) {
      throw errors::invalid_parameter_value(fmt::format(
          "Value ( {} ) for parameter MaxResults is invalid. Expecting a value smaller than or equal to {}.",
          *max_results, most));
    }
    paging.limit = std::min(*max_results, most);
    paging.bounds_scan = is_known && rule->bounds_scan;
  } else if (call.operation.name == "DescribeInstances" || call.operation.name == "DescribeInstanceStatus") {
    paging.limit = has_ids ? INT64_MAX : 1000;  // these two page by themselves
  }
  if (const auto token = call.text("NextToken"); !token.empty()) {
    const auto place = read_token(call, token);
    if (!place) throw invalid_token(is_known ? rule->bad_token : std::string_view{}, token);
    paging.after = *place;
  }
  return paging;
}

std::string make_token(const Call& call, std::int64_t after) {
  const std::string plain = fmt::format("{}|{}", call.operation.name, after);
  return base64_encode(fmt::format("{}|{:x}", plain, checksum(plain)));
}

}  // namespace fogling
