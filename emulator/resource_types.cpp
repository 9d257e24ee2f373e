#include "emulator/resource_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cctype>

#include "fixtures/kinds/kinds.hpp"

namespace fogling {
namespace {

/// truth: the EC2 API Reference's error list and recordings of it; the two spellings Id and ID are EC2's.
constexpr ResourceType kTypes[] = {
    {"instance", "i", "InvalidInstanceID.NotFound", "The instance ID '{}' does not exist",
     "The instance IDs '{}' do not exist", "InvalidInstanceID.Malformed", "Invalid id: \"{}\"", true},
    {"image", "ami", "InvalidAMIID.NotFound", "The image id '[{}]' does not exist", "The image ids '[{}]' do not exist",
     "InvalidAMIID.Malformed", "Invalid id: \"{}\" (expecting \"ami-...\")", true},
    {"volume",
     "vol",
     "InvalidVolume.NotFound",
     "The volume '{}' does not exist.",
     {},
     "InvalidParameterValue",
     "Value ({}) for parameter volumeId is invalid. Expected: 'vol-...'."},
    {"snapshot",
     "snap",
     "InvalidSnapshot.NotFound",
     "The snapshot '{}' does not exist.",
     {},
     "InvalidSnapshotID.Malformed",
     "Value ({}) for parameter snapshotId is invalid. Expected: 'snap-...'."},
    {"security-group",
     "sg",
     "InvalidGroup.NotFound",
     "The security group '{}' does not exist",
     {},
     "InvalidGroupId.Malformed",
     "Invalid id: \"{}\" (expecting \"sg-...\")",
     true},
    {"security-group-rule",
     "sgr",
     "InvalidSecurityGroupRuleId.NotFound",
     "The security group rule ID '{}' does not exist",
     {},
     "InvalidSecurityGroupRuleId.Malformed",
     "The security group rule ID '{}' is malformed"},
    {"vpc", "vpc", "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"},
    {"vpc-cidr-block-association",
     "vpc-cidr-assoc",
     "InvalidVpcCidrBlockAssociationID.NotFound",
     "The vpc CIDR block association ID '{}' does not exist",
     {},
     "InvalidVpcCidrBlockAssociationId.Malformed",
     "Invalid id: \"{}\" (expecting \"vpc-cidr-assoc-...\")"},
    {"subnet-cidr-block-association",
     "subnet-cidr-assoc",
     "InvalidSubnetCidrBlockAssociationID.NotFound",
     "The subnet CIDR block with association ID '{}' does not exist",
     {},
     "InvalidSubnetCidrBlockAssociationId.Malformed",
     "Invalid id: \"{}\" (expecting \"subnet-cidr-assoc-...\")"},
    {"subnet-cidr-reservation", "scr", "InvalidSubnetCidrReservationID.NotFound",
     "The subnet CIDR reservation ID '{}' does not exist"},
    {"subnet", "subnet", "InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist",
     "The subnet IDs '{}' do not exist"},
    {"network-interface",
     "eni",
     "InvalidNetworkInterfaceID.NotFound",
     "The networkInterface ID '{}' does not exist",
     {},
     "InvalidNetworkInterfaceId.Malformed",
     "Invalid id: \"{}\" (expecting \"eni-...\")"},
    {"route-table",
     "rtb",
     "InvalidRouteTableID.NotFound",
     "The routeTable ID '{}' does not exist",
     {},
     "InvalidRouteTableId.Malformed",
     "Invalid id: \"{}\" (expecting \"rtb-...\")"},
    {"internet-gateway",
     "igw",
     "InvalidInternetGatewayID.NotFound",
     "The internetGateway ID '{}' does not exist",
     {},
     "InvalidInternetGatewayId.Malformed",
     "Invalid id: \"{}\" (expecting \"igw-...\")"},
    {"network-acl",
     "acl",
     "InvalidNetworkAclID.NotFound",
     "The networkAcl ID '{}' does not exist",
     {},
     "InvalidNetworkAclId.Malformed",
     "Invalid id: \"{}\" (expecting \"acl-...\")"},
    {"dhcp-options",
     "dopt",
     "InvalidDhcpOptionID.NotFound",
     "The dhcpOptions ID '{}' does not exist",
     {},
     "InvalidDhcpOptionsId.Malformed",
     "Invalid id: \"{}\" (expecting \"dopt-...\")"},
    {"elastic-ip", "eipalloc", "InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist",
     "The allocation IDs '{}' do not exist"},
    {"network-interface-attachment",
     "eni-attach",
     "InvalidAttachmentID.NotFound",
     "The network interface attachment ID '{}' does not exist",
     {},
     "InvalidNetworkInterfaceAttachmentId.Malformed",
     "Invalid id: \"{}\" (expecting \"eni-attach-...\")"},
    {"key-pair", "key", "InvalidKeyPair.NotFound", "The key pair '{}' does not exist"},
    {"reservation",
     "r",
     "InvalidReservationID.NotFound",
     "The reservation ID '{}' does not exist",
     {},
     "InvalidReservationID.Malformed",
     "Invalid id: \"{}\" (expecting \"r-...\")"},
    {"replace-root-volume-task",
     "replacevol",
     "InvalidReplaceRootVolumeTaskId.NotFound",  // Assumed: code and words
     "The replace root volume task ID '{}' does not exist",
     {},
     "InvalidReplaceRootVolumeTaskId.Malformed",
     "Invalid id: \"{}\" (expecting \"replacevol-...\")"},
    {"capacity-block-offering",
     "cbr",
     "InvalidCapacityBlockOfferingIdNotFound",  // Assumed: the words of both, and of the next
     "The Capacity Block offering '{}' does not exist.",
     {},
     "InvalidCapacityBlockOfferingIdMalformed",
     "The Capacity Block offering ID '{}' is malformed."},
    {"host-reservation-offering",
     "hro",
     "InvalidParameterValue",
     "Value ({}) for parameter offeringId is invalid.",
     {},
     "InvalidHostReservationOfferingId.Malformed",
     "The Dedicated Host Reservation offering ID '{}' is malformed."},
    {"iam-instance-profile-association", "iip-assoc", "InvalidAssociationID.NotFound",
     "An invalid association-id of '{}' was given"},
};

}  // namespace

std::span<const ResourceType> resource_types() {
  static const std::vector<ResourceType> kAll = [] {
    std::vector<ResourceType> all(std::begin(kTypes), std::end(kTypes));
    for (const auto& kind : kinds::all()) {
      if (std::ranges::find(kTypes, kind.kind, &ResourceType::type) != std::end(kTypes)) continue;
      all.push_back({.type = kind.kind,
                     .prefix = kind.prefix,
                     .unknown_code = kind.errors.absent,
                     .unknown_text = kind.errors.absent_text,
                     .malformed_code = kind.errors.malformed,
                     .malformed_text = kind.errors.malformed_text,
                     .form = kind.form});
    }
    return all;
  }();
  return kAll;
}

const ResourceType& resource_type(std::string_view type) {
  const auto all = resource_types();
  const auto found = std::ranges::find(all, type, &ResourceType::type);
  assert(found != all.end());
  return *found;
}

std::string resource_noun(std::string_view type) {
  std::string noun;
  for (std::size_t i = 0; i < type.size(); ++i) {
    if (type[i] == '-') continue;
    noun += i > 0 && type[i - 1] == '-' && type[i] >= 'a' && type[i] <= 'z' ? static_cast<char>(type[i] - 'a' + 'A')
                                                                            : type[i];
  }
  return noun;
}

namespace {

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

bool is_base36(std::string_view text) {
  return text.size() == 8 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
}

/// Empty where nothing follows the prefix.
std::string_view after_dash(const ResourceType& type, std::string_view id) {
  return id.substr(std::min(id.size(), type.prefix.size() + 1));
}

}  // namespace

const ResourceType* find_resource_type_of(std::string_view id) {
  const auto looks_like = [id](const ResourceType& type) {
    if (type.prefix.empty()) return is_uuid(id);
    if (type.form == kinds::IdForm::uuid) return id.starts_with(type.prefix) && is_uuid(after_dash(type, id));
    const auto dash = id.rfind('-');
    return dash != std::string_view::npos && id.substr(0, dash) == type.prefix;
  };
  const auto all = resource_types();
  const auto found = std::ranges::find_if(all, looks_like);
  return found == all.end() ? nullptr : &*found;
}

bool is_well_formed(const ResourceType& type, std::string_view id) {
  if (type.prefix.empty()) return is_uuid(id);
  if (id.size() <= type.prefix.size() + 1 || !id.starts_with(type.prefix) || id[type.prefix.size()] != '-')
    return false;
  const std::string_view digits = after_dash(type, id);
  if (type.form == kinds::IdForm::uuid) return is_uuid(digits);
  if (type.form == kinds::IdForm::base36) return is_base36(digits);
  if (digits.size() > 8 && digits.size() != 17) return false;
  const bool are_hex = std::ranges::all_of(
      digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
  // Recorded: of images the short form too, of groups not.
  const bool may_be_refused = type.refuses_zeros && (digits.size() == 17 || type.prefix == "ami");
  return are_hex && !(may_be_refused && std::ranges::all_of(digits, [](char c) { return c == '0'; }));
}

void check_id(std::string_view type, std::string_view id) {
  const auto& rule = resource_type(type);
  if (rule.malformed_code.empty() || is_well_formed(rule, id)) return;
  std::string message = fmt::format(fmt::runtime(rule.malformed_text), id);
  // Recorded for images and groups: the expectation is told for a wrong prefix only.
  const auto expectation = message.find(" (expecting ");
  if (expectation != std::string::npos && id.starts_with(std::string(rule.prefix) + "-")) message.resize(expectation);
  throw ApiError(std::string(rule.malformed_code), message);
}

ApiError unknown_id(std::string_view type, std::string_view id) {
  const auto& rule = resource_type(type);
  return {std::string(rule.unknown_code), fmt::format(fmt::runtime(rule.unknown_text), id)};
}

ApiError unknown_ids(std::string_view type, const std::vector<std::string>& ids) {
  const auto& rule = resource_type(type);
  if (ids.size() == 1 || rule.unknown_many.empty()) return unknown_id(type, ids.front());
  return {std::string(rule.unknown_code), fmt::format(fmt::runtime(rule.unknown_many), fmt::join(ids, ", "))};
}

}  // namespace fogling
