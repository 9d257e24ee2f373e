/// Services with VPC endpoints: which there are, and those that an account offers. Making, describing, changing and
/// deleting the latter are declared.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/random.hpp"
#include "emulator/tags.hpp"
#include "emulator/vpc_endpoints.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "vpc-endpoint-service", kPermission = "vpc-endpoint-service-permission";
/// Kind of the due move that ends the verification of a private name.
constexpr std::string_view kVerification = "vpc-endpoint-service-verification";
constexpr std::int64_t kVerifies_ms = 2000;

Document zone_list(const Call& call, std::string_view catalogue::Zone::*member) {
  Document list = Document::array();
  for (const auto& zone : catalogue::zones(call.scope.region)) {
    if (zone.is_availability_zone()) list.push_back(zone.*member);
  }
  return list;
}

// ---- Which there are -----------------------------------------------------------------------------------------------

Document service_document(const Call& call, const services::EndpointService& service) {
  Document out{{"ServiceName", service.name},
               {"ServiceId", service.id},
               {"ServiceType", Document::array({{{"ServiceType", service.type}}})},
               {"ServiceRegion", call.scope.region},
               {"AvailabilityZones", zone_list(call, &catalogue::Zone::name)},
               {"AvailabilityZoneIds", zone_list(call, &catalogue::Zone::id)},
               {"Owner", "amazon"},
               {"BaseEndpointDnsNames", Document::array({service.base_dns_name})},
               {"VpcEndpointPolicySupported", service.is_policy_supported},
               {"AcceptanceRequired", false},
               {"ManagesVpcEndpoints", false},
               {"Tags", Document::array()},
               {"SupportedIpAddressTypes", Document::array({"ipv4"})}};
  if (service.type == "Gateway") {
    out["BaseEndpointDnsNames"] =
        Document::array({service.base_dns_name.substr(0, service.base_dns_name.find(".vpce.")) + ".amazonaws.com"});
  }
  if (!service.private_dns_name.empty()) {
    out["PrivateDnsName"] = service.private_dns_name;
    out["PrivateDnsNames"] = Document::array({{{"PrivateDnsName", service.private_dns_name}}});
    out["PrivateDnsNameVerificationState"] = "verified";
  }
  return out;
}

/// An account's own, as those see it who may use it.
Document offered_document(Call& call, const GenericResource& configuration) {
  const auto& own = configuration.document;
  Document out{{"Owner", configuration.account},
               {"ServiceRegion", configuration.region},
               {"VpcEndpointPolicySupported", false},
               {"Tags", tag_set(call, configuration.resource_id)}};
  for (const char* member : {"ServiceName", "ServiceId", "ServiceType", "AvailabilityZones", "AvailabilityZoneIds",
                             "BaseEndpointDnsNames", "AcceptanceRequired", "ManagesVpcEndpoints", "PayerResponsibility",
                             "SupportedIpAddressTypes", "PrivateDnsName"}) {
    if (has(own, member)) out[member] = own[member];
  }
  if (has(own, "PrivateDnsName")) {
    out["PrivateDnsNames"] = Document::array({{{"PrivateDnsName", own["PrivateDnsName"]}}});
    out["PrivateDnsNameVerificationState"] = own["PrivateDnsNameConfiguration"]["State"];
  }
  return out;
}

std::vector<Document> all_services(Call& call) {
  std::vector<Document> documents;
  for (const auto& service : services::endpoint_services(call.scope.region))
    documents.push_back(service_document(call, service));
  for (const auto& row : state::list_kind_anywhere(call.txn, kKind)) {
    if (row.region == call.scope.region && row.state == "Available" && is_service_allowed(call, row))
      documents.push_back(offered_document(call, row));
  }
  return documents;
}

Document DescribeVpcEndpointServices(Call& call) {
  auto documents = all_services(call);
  if (const auto names = texts(call, "ServiceNames"); !names.empty()) {
    const auto is_called = [](std::string_view name) {
      return [name](const Document& each) { return text(each, "ServiceName") == name; };
    };
    for (const auto& name : names) {
      if (std::ranges::any_of(documents, is_called(name))) continue;
      throw ApiError("InvalidServiceName", fmt::format("The Vpc Endpoint Service '{}' does not exist", name));
    }
    std::erase_if(documents, [&](const Document& each) {
      return std::ranges::find(names, text(each, "ServiceName")) == names.end();
    });
  }
  if (const auto regions = texts(call, "ServiceRegions"); !regions.empty()) {
    std::erase_if(documents, [&](const Document& each) {
      return std::ranges::find(regions, text(each, "ServiceRegion")) == regions.end();
    });
  }
  Document answer = describe_documents(call, "ServiceDetails", std::move(documents));
  Document names = Document::array();
  for (const auto& each : answer["ServiceDetails"]) {
    if (std::ranges::find(names, each["ServiceName"]) == names.end()) names.push_back(each["ServiceName"]);
  }
  answer["ServiceNames"] = std::move(names);
  return answer;
}

// ---- Those that an account offers ----------------------------------------------------------------------------------

/// Another service's resources cannot be looked up; what is no name of a balancer is refused. Assumed: the words.
void check_arn(std::string_view arn, std::string_view sort, std::string_view code) {
  const bool is_fine = arn.starts_with("arn:") && arn.find(":elasticloadbalancing:") != std::string_view::npos &&
                       arn.find(fmt::format(":loadbalancer/{}/", sort)) != std::string_view::npos;
  if (!is_fine) throw ApiError(std::string(code), fmt::format("The load balancer ARN '{}' is malformed", arn));
}

struct BalancerSort {
  const char* given;  ///< of a making
  const char* shown;
  const char* added;
  const char* removed;
  std::string_view part, code, type;
};
constexpr BalancerSort kSorts[] = {
    {"NetworkLoadBalancerArns", "NetworkLoadBalancerArns", "AddNetworkLoadBalancerArns",
     "RemoveNetworkLoadBalancerArns", "net", "InvalidNetworkLoadBalancerArn.Malformed", "Interface"},
    {"GatewayLoadBalancerArns", "GatewayLoadBalancerArns", "AddGatewayLoadBalancerArns",
     "RemoveGatewayLoadBalancerArns", "gwy", "InvalidGatewayLoadBalancerArn.Malformed", "GatewayLoadBalancer"},
};

/// The name has to be proved to be the owner's: by a record in its domain.
void set_private_name(Call& call, GenericResource& service, std::string_view name) {
  service.document["PrivateDnsName"] = name;
  service.document["PrivateDnsNameConfiguration"] = {{"State", "pendingVerification"},
                                                     {"Type", "TXT"},
                                                     {"Value", fmt::format("vpce:{}", call.random().hex(20))},
                                                     {"Name", fmt::format("_{}", call.random().hex(20))}};
}

void create_service(Call& call, GenericResource& service) {
  auto& document = service.document;
  for (const auto& sort : kSorts) {
    const auto arns = texts(call, sort.given);
    if (arns.empty()) continue;
    if (has(document, "ServiceType")) throw errors::not_together(kSorts[0].given, kSorts[1].given);
    for (const auto& arn : arns) check_arn(arn, sort.part, sort.code);
    document["ServiceType"] = Document::array({{{"ServiceType", sort.type}}});
  }
  if (!has(document, "ServiceType")) throw errors::missing_parameter("NetworkLoadBalancerArns");
  document["AvailabilityZones"] = zone_list(call, &catalogue::Zone::name);
  document["AvailabilityZoneIds"] = zone_list(call, &catalogue::Zone::id);
  document["SupportedRegions"] = Document::array();
  for (const auto& region : texts(call, "SupportedRegions"))
    document["SupportedRegions"].push_back({{"Region", region}, {"ServiceState", "Available"}});
  document.erase("PrivateDnsName");
  if (const auto name = call.text("PrivateDnsName"); !name.empty()) set_private_name(call, service, name);
}

void change_list(const Call& call, Document& list, const char* added, const char* removed) {
  if (!list.is_array()) list = Document::array();
  for (const auto& each : call.items(removed)) {
    const auto found = std::ranges::find(list, each);
    if (found != list.end()) list.erase(found);
  }
  for (const auto& each : call.items(added)) {
    if (std::ranges::find(list, each) == list.end()) list.push_back(each);
  }
}

void change_regions(const Call& call, Document& regions) {
  if (!regions.is_array()) regions = Document::array();
  const auto find_region = [&](const Document& name) {
    return std::ranges::find_if(regions, [&](const Document& each) { return each["Region"] == name; });
  };
  for (const auto& each : call.items("RemoveSupportedRegions")) {
    if (const auto found = find_region(each); found != regions.end()) regions.erase(found);
  }
  for (const auto& each : call.items("AddSupportedRegions")) {
    if (find_region(each) == regions.end()) regions.push_back({{"Region", each}, {"ServiceState", "Available"}});
  }
}

void modify_service(Call& call, GenericResource& service) {
  auto& document = service.document;
  for (const auto& sort : kSorts) {
    for (const auto& arn : texts(call, sort.added)) check_arn(arn, sort.part, sort.code);
    if (has(document, sort.shown) || has(call.in, sort.added))
      change_list(call, document[sort.shown], sort.added, sort.removed);
  }
  change_list(call, document["SupportedIpAddressTypes"], "AddSupportedIpAddressTypes", "RemoveSupportedIpAddressTypes");
  change_regions(call, document["SupportedRegions"]);
  if (call.flag("RemovePrivateDnsName").value_or(false)) {
    document.erase("PrivateDnsName");
    document.erase("PrivateDnsNameConfiguration");
  } else if (const auto name = call.text("PrivateDnsName"); !name.empty()) {
    set_private_name(call, service, name);
  }
}

/// What an endpoint still leads to stays.
void remove_service(Call& call, GenericResource& service) {
  for (const auto& endpoint : endpoints_of_service(call, service)) {
    if (endpoint.state != "available" && endpoint.state != "pending" && endpoint.state != "pendingAcceptance") continue;
    throw ApiError("ExistingVpcEndpointConnections",  // Assumed: the words
                   fmt::format("Service {} has existing active VPC Endpoint connections!", service.resource_id));
  }
  for (const auto& permission : state::list_children(call.txn, service.resource_id, kPermission))
    erase_resource(call, permission);
  for (const auto& notification :
       state::list_children(call.txn, service.resource_id, "vpc-endpoint-connection-notification"))
    erase_resource(call, notification);
}

Document ModifyVpcEndpointServicePayerResponsibility(Call& call) {
  auto service = require_resource(call, kKind, call.require("ServiceId"));
  service.document["PayerResponsibility"] = call.require("PayerResponsibility");
  state::update(call.txn, service);
  return {{"ReturnValue", true}};
}

/// There is no domain to look into: the record is taken to be there.
Document StartVpcEndpointServicePrivateDnsVerification(Call& call) {
  const auto service = require_resource(call, kKind, call.require("ServiceId"));
  if (!has(service.document, "PrivateDnsNameConfiguration")) {  // Assumed: the words
    throw errors::invalid_parameter_value(
        fmt::format("The service {} does not have a private DNS name.", service.resource_id));
  }
  schedule(call, kVerification, service.resource_id, "verified", kVerifies_ms);
  return {{"ReturnValue", true}};
}

void end_verification(Context& context, const state::Due& due) {
  auto service = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!service || !has(service->document, "PrivateDnsNameConfiguration")) return;
  service->document["PrivateDnsNameConfiguration"]["State"] = due.move;
  state::update(context.txn, *service);
}

// ---- Who may use them ----------------------------------------------------------------------------------------------

std::string_view type_of_principal(std::string_view principal) {
  if (principal == "*") return "All";
  if (principal.find(":root") != std::string_view::npos) return "Account";
  if (principal.find(":user/") != std::string_view::npos) return "User";
  if (principal.find(":role/") != std::string_view::npos) return "Role";
  if (principal.find(":ou/") != std::string_view::npos || principal.find(":organization/") != std::string_view::npos)
    return "OrganizationUnit";
  return "Service";
}

void check_principal(std::string_view principal) {
  if (principal == "*" || principal.starts_with("arn:") || principal.ends_with(".amazonaws.com")) return;
  throw ApiError("InvalidPrincipal", fmt::format("Invalid Principal: '{}'", principal));  // Assumed: the words
}

Document ModifyVpcEndpointServicePermissions(Call& call) {
  const auto service = require_resource(call, kKind, call.require("ServiceId"));
  const auto permissions = state::list_children(call.txn, service.resource_id, kPermission);
  const auto find_permission = [&](std::string_view principal) {
    return std::ranges::find_if(permissions,
                                [&](const auto& each) { return text(each.document, "Principal") == principal; });
  };
  for (const auto& principal : texts(call, "RemoveAllowedPrincipals")) {
    if (const auto found = find_permission(principal); found != permissions.end()) erase_resource(call, *found);
  }
  Document added = Document::array();
  for (const auto& principal : texts(call, "AddAllowedPrincipals")) {
    check_principal(principal);
    Document document{
        {"PrincipalType", type_of_principal(principal)}, {"Principal", principal}, {"ServiceId", service.resource_id}};
    if (const auto found = find_permission(principal); found != permissions.end()) {
      document["ServicePermissionId"] = found->resource_id;
    } else {
      auto row = make_resource(call, declared_kind(kPermission), document);
      row.parent_id = service.resource_id;
      state::update(call.txn, row);
      document["ServicePermissionId"] = row.resource_id;
    }
    added.push_back(std::move(document));
  }
  return {{"AddedPrincipals", std::move(added)}, {"ReturnValue", true}};
}

Document DescribeVpcEndpointServicePermissions(Call& call) {
  const auto service = require_resource(call, kKind, call.require("ServiceId"));
  std::vector<Document> principals;
  for (const auto& row : state::list_children(call.txn, service.resource_id, kPermission))
    principals.push_back(shown(call, row));
  return describe_documents(call, "AllowedPrincipals", std::move(principals));
}

constexpr FilterPath kServiceFilters[] = {{"service-type", "ServiceType.ServiceType"}};

constexpr Operation kOperations[] = {
    {.name = "DescribeVpcEndpointServicePermissions",
     .run = DescribeVpcEndpointServicePermissions,
     .access = Access::read,
     .listed = "AllowedPrincipal"},
    {.name = "DescribeVpcEndpointServices",
     .run = DescribeVpcEndpointServices,
     .access = Access::read,
     .listed = "ServiceDetail",
     .filters = kServiceFilters},
    {.name = "ModifyVpcEndpointServicePayerResponsibility",
     .run = ModifyVpcEndpointServicePayerResponsibility,
     .access = Access::write},
    {.name = "ModifyVpcEndpointServicePermissions",
     .run = ModifyVpcEndpointServicePermissions,
     .access = Access::write},
    {.name = "StartVpcEndpointServicePrivateDnsVerification",
     .run = StartVpcEndpointServicePrivateDnsVerification,
     .access = Access::write},
};

constexpr Mover kMovers[] = {{kVerification, end_verification}};

constexpr Hooks kHooks[] = {
    {.kind = kKind, .create = create_service, .modify = modify_service, .remove = remove_service}};

}  // namespace

Family vpc_endpoint_services_family() { return {.operations = kOperations, .movers = kMovers, .hooks = kHooks}; }

}  // namespace fogling
