#include "emulator/instance_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/capacity_reservations.hpp"
#include "emulator/encoding.hpp"
#include "emulator/hosts.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/placement.hpp"
#include "emulator/random.hpp"
#include "emulator/resource_types.hpp"
#include "state/resources.hpp"

namespace fogling {
namespace {

constexpr std::size_t kMaxUserDataBytes = 16384;
constexpr std::int64_t kMaxHops = 64;

bool is_name(std::string_view marks, std::string_view name, std::size_t limit) {
  return !name.empty() && name.size() <= limit && consists_of_letters_digits_and(marks, name);
}

void check_enforced_tokens(const Context& context, const Document& options, MetadataChange change) {
  if (text(options, "HttpTokens") != "optional" || text(options, "HttpEndpoint") == "disabled") return;
  if (text(metadata_defaults(context), "HttpTokensEnforced") != "enabled") return;
  throw ApiError(
      "UnsupportedOperation",
      change == MetadataChange::launch
          ? "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either "
            "launch the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced "
            "using the ModifyInstanceMetadataDefaults API or the account settings in the EC2 console."
          : "You can't enable IMDSv1 because httpTokensEnforced is enabled for this account.");  // Assumed: the words
}

/// Whether the processor of the type knows the feature: `amd-sev-snp`, `nested-virtualization`.
bool has_processor_feature(const catalogue::InstanceType& type, std::string_view feature) {
  const Document described = catalogue::describe_instance_type(type);
  const auto& features = items(part(described, "ProcessorInfo"), "SupportedFeatures");
  return std::ranges::find(features, Document(feature)) != features.end();
}

void choose_count(std::span<const std::uint16_t> valid, std::int64_t& count, std::optional<std::int64_t> wanted,
                  std::string_view what, const catalogue::InstanceType& type) {
  if (!wanted || *wanted == count) return;
  if (std::ranges::none_of(valid, [&](std::uint16_t each) { return each == *wanted; })) {
    throw errors::invalid_parameter_value(fmt::format("The CPU {} count {} is not valid for the instance type {}.",
                                                      what, *wanted, type.name));  // Assumed: the words
  }
  count = *wanted;
}

}  // namespace

Document metadata_defaults(const Context& context) {
  const auto saved = state::get_setting(context.txn, context.scope, "instance-metadata-defaults");
  return saved.empty() ? Document::object() : Document::parse(saved);
}

void change_metadata_options(const Context& context, Document& options, const Document& given, MetadataChange change) {
  if (text(given, "HttpEndpoint") == "disabled" && !text(given, "HttpTokens").empty()) {
    throw errors::invalid_parameter_value(
        "The HttpEndpoint is not set to 'enabled' in this request. To specify a value for HttpTokens, set HttpEndpoint "
        "to 'enabled'.");
  }
  for (const char* member : {"HttpTokens", "HttpEndpoint", "HttpProtocolIpv6", "InstanceMetadataTags"}) {
    set_if(options, member, text(given, member));
  }
  if (const auto hops = integer(given, "HttpPutResponseHopLimit")) {
    if (*hops < 1 || *hops > kMaxHops) {
      throw errors::invalid_parameter_value(fmt::format(
          "The HttpPutResponseHopLimit value {} is invalid. Valid values are between 1 and 64.", *hops));  // Assumed
    }
    options["HttpPutResponseHopLimit"] = *hops;
  }
  check_enforced_tokens(context, options, change);
}

void check_metadata_tag_keys(const Document& metadata_options, const std::vector<Tag>& tags) {
  if (text(metadata_options, "InstanceMetadataTags") != "enabled") return;
  for (const auto& tag : tags) {
    const bool is_reserved = tag.key == "." || tag.key == ".." || tag.key == "_index";
    if (!is_reserved && is_name("_+=,.@-:", tag.key, 255)) continue;
    throw errors::invalid_parameter_value(
        fmt::format("'{}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{{1,255}}), and "
                    "must not be a reserved name ('.', '..', '_index')",
                    tag.key));
  }
}

Document metadata_document(const state::Instance& instance) {
  Document shown = part(instance.options, "MetadataOptions");
  shown["State"] = instance.metadata_state;
  shown["HttpProtocolIpv4"] = "enabled";  // recorded, though not in the model; nothing sets it
  return shown;
}

std::string read_user_data(std::string_view base64) {
  const auto decoded = base64_decode(base64);
  if (!decoded) throw ApiError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  if (decoded->size() > kMaxUserDataBytes) {
    throw errors::invalid_parameter_value(fmt::format("User data is limited to {} bytes", kMaxUserDataBytes));
  }
  return std::string(base64);
}

Document read_instance_profile(Context& context, const Document& given) {
  const std::string arn(text(given, "Arn")), name(text(given, "Name"));
  if (!arn.empty() && !name.empty()) throw errors::not_together("iamInstanceProfile.name", "iamInstanceProfile.arn");
  if (arn.empty() && name.empty()) return nullptr;
  if (!arn.empty() && (!arn.starts_with("arn:aws:iam::") || arn.find(":instance-profile/") == std::string::npos)) {
    throw errors::invalid_value(arn, "iamInstanceProfile.arn", "Invalid IAM Instance Profile ARN");
  }
  if (!name.empty() && !is_name("_+=,.@-", name, 128)) {
    throw errors::invalid_value(name, "iamInstanceProfile.name", "Invalid IAM Instance Profile name");
  }
  return {{"Arn", arn.empty() ? fmt::format("arn:aws:iam::{}:instance-profile/{}", context.scope.account, name) : arn},
          {"Id", "AIPA" + context.random().hex(17)}};
}

void change_placement(Context& context, Document& placement, const Document& given) {
  for (const char* member : {"Affinity", "HostId", "HostResourceGroupArn", "SpreadDomain"}) {
    if (!has(given, member)) continue;
    const auto value = text(given, member);
    if (value.empty()) {
      placement.erase(member);
    } else {
      placement[member] = value;
    }
  }
  if (has(given, "GroupName") || has(given, "GroupId")) {
    for (const char* member : {"GroupName", "GroupId", "PartitionNumber"}) placement.erase(member);
    if (const auto group = find_placement_group(context, given)) {
      placement["GroupName"] = text(group->document, "GroupName");
      placement["GroupId"] = group->resource_id;
    }
  }
  if (const auto host = text(given, "HostId"); !host.empty()) require_resource(context, kHost, host);
  if (!text(given, "HostResourceGroupArn").empty()) throw errors::not_built("A host resource group of a placement");
  if (const auto partition = integer(given, "PartitionNumber")) {
    if (text(placement, "GroupId").empty()) {
      throw errors::invalid_combination(
          "The parameter partitionNumber requires a partition placement group.");  // Assumed: the words
    }
    placement["PartitionNumber"] = *partition;
  }
}

void change_cpu_options(const catalogue::InstanceType& type, state::Instance& instance, const Document& given) {
  const auto cores = integer(given, "CoreCount"), threads = integer(given, "ThreadsPerCore");
  if (cores.has_value() != threads.has_value()) {
    throw ApiError("MissingParameter",
                   "When specifying CpuOptions you must specify both CoreCount and ThreadsPerCore.");
  }
  choose_count(type.valid_cores, instance.core_count, cores, "core", type);
  choose_count(type.valid_threads_per_core, instance.threads_per_core, threads, "thread", type);
  for (const auto& [member, feature] :
       {std::pair{"AmdSevSnp", "amd-sev-snp"}, {"NestedVirtualization", "nested-virtualization"}}) {
    const auto value = text(given, member);
    if (value.empty()) continue;
    if (value == "enabled" && !has_processor_feature(type, feature)) refuse_configuration();
    instance.options["CpuOptions"][member] = value;
  }
}

std::string default_cpu_credits(const Context& context, std::string_view family) {
  auto chosen = state::get_setting(context.txn, context.scope, fmt::format("default-cpu-credits:{}", family));
  if (!chosen.empty()) return chosen;
  return family == "t2" ? "standard" : "unlimited";
}

void check_cpu_credits(std::string_view credits) {
  if (credits == "standard" || credits == "unlimited") return;
  throw ApiError("InvalidCpuCredits",
                 fmt::format("The CPU credit option '{}' is not valid: it is standard or unlimited.",
                             credits));  // Assumed: the words
}

std::string read_cpu_credits(const Context& context, const catalogue::InstanceType& type, const Document& given) {
  const auto wanted = text(given, "CpuCredits");
  if (!wanted.empty()) check_cpu_credits(wanted);
  if (!type.burstable) {
    if (wanted.empty()) return {};
    throw ApiError("InstanceCreditSpecification.NotSupported",  // the words are older than the other families
                   fmt::format("The {} instance type does not support T2 Unlimited.", type.name));
  }
  return wanted.empty() ? default_cpu_credits(context, type.family) : std::string(wanted);
}

Document read_capacity_reservation(Context& context, const Document& given) {
  const auto preference = text(given, "CapacityReservationPreference");
  const auto& target = part(given, "CapacityReservationTarget");
  if (!preference.empty() && !target.empty()) {
    throw errors::not_together("capacityReservationPreference", "capacityReservationTarget");  // Assumed: the words
  }
  if (!text(target, "CapacityReservationResourceGroupArn").empty()) {
    throw errors::not_built("A resource group of Capacity Reservations");
  }
  if (const auto id = text(target, "CapacityReservationId"); !id.empty()) {
    require_resource(context, kCapacityReservation, id);
  }
  return given;
}

void check_bandwidth_weighting(const catalogue::InstanceType& type, std::string_view weighting) {
  const Document described = catalogue::describe_instance_type(type);
  const auto& weightings = items(part(described, "NetworkInfo"), "BandwidthWeightings");
  if (weighting == "default" || std::ranges::find(weightings, Document(weighting)) != weightings.end()) return;
  refuse_configuration();
}

}  // namespace fogling
