/// Verified Access: who may come in (instances with their trust providers), to what (groups and endpoints), by which
/// policies. Requests themselves never arrive here.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/random.hpp"
#include "emulator/world.hpp"
#include "state/network_interfaces.hpp"

namespace fogling {
namespace {

constexpr std::string_view kInstance = "verified-access-instance", kProvider = "verified-access-trust-provider",
                           kGroup = "verified-access-group", kEndpoint = "verified-access-endpoint";
/// A trust provider on an instance; its parent is the instance.
constexpr std::string_view kAttachment = "verified-access-trust-provider-attachment";

// ---- Instances and their trust providers ---------------------------------------------------------------------------

std::vector<GenericResource> attachments_of(Transaction& txn, std::string_view instance_id) {
  return state::list_children(txn, instance_id, kAttachment);
}

GenericResource provider_of(Context& context, const GenericResource& attachment) {
  return state::find_anywhere<GenericResource>(context.txn, text(attachment.document, "_provider")).value();
}

/// Name servers to which the domain is delegated. Assumed: their form is that of Route 53's.
Document name_servers(Context& context) {
  Document servers = Document::array();
  for (const char* end : {"com", "net", "org", "co.uk"}) {
    servers.push_back(
        fmt::format("ns-{}.awsdns-{:02}.{}", context.random().below(2048), context.random().below(64), end));
  }
  return servers;
}

void set_sub_domain(Call& call, GenericResource& instance) {
  const auto domain = call.text("CidrEndpointsCustomSubDomain");
  if (domain.empty()) return;
  instance.document["CidrEndpointsCustomSubDomain"] = {{"SubDomain", domain}, {"Nameservers", name_servers(call)}};
}

void show_instance(Context& context, const GenericResource& instance, Document& shown) {
  Document providers = Document::array();
  for (const auto& attachment : attachments_of(context.txn, instance.resource_id)) {
    const auto provider = provider_of(context, attachment);
    Document one = Document::object();
    for (const char* member : {"VerifiedAccessTrustProviderId", "Description", "TrustProviderType",
                               "UserTrustProviderType", "DeviceTrustProviderType"}) {
      if (has(provider.document, member)) one[member] = provider.document[member];
    }
    providers.push_back(std::move(one));
  }
  shown["VerifiedAccessTrustProviders"] = std::move(providers);
}

/// A secret is taken and never told.
void forget_secret(GenericResource& provider) {
  const auto options = provider.document.find("OidcOptions");
  if (options != provider.document.end()) options->erase("ClientSecret");
}

/// Which sort of provider needs which options. Assumed: code and words.
void create_provider(Call& call, GenericResource& provider) {
  if (call.text("TrustProviderType") == "device") {
    call.require("DeviceTrustProviderType");
    if (text(call.part("DeviceOptions"), "TenantId").empty()) throw errors::missing_parameter("DeviceOptions");
  } else if (call.require("UserTrustProviderType") == "oidc") {
    const auto& native = call.part("NativeApplicationOidcOptions");
    if (call.part("OidcOptions").empty() && native.empty()) throw errors::missing_parameter("OidcOptions");
  }
  forget_secret(provider);
}

void modify_provider(Call&, GenericResource& provider) { forget_secret(provider); }

std::optional<GenericResource> find_attachment(Call& call, std::string_view instance_id, std::string_view provider_id) {
  for (auto& each : attachments_of(call.txn, instance_id)) {
    if (text(each.document, "_provider") == provider_id) return std::move(each);
  }
  return std::nullopt;
}

Document attachment_answer(Call& call, const GenericResource& instance, const GenericResource& provider) {
  return {{"VerifiedAccessTrustProvider", shown(call, provider)}, {"VerifiedAccessInstance", shown(call, instance)}};
}

/// Documented: one trust provider for users on an instance. Assumed: codes and words.
Document AttachVerifiedAccessTrustProvider(Call& call) {
  const auto instance = require_resource(call, kInstance, call.require("VerifiedAccessInstanceId"));
  const auto provider = require_resource(call, kProvider, call.require("VerifiedAccessTrustProviderId"));
  if (find_attachment(call, instance.resource_id, provider.resource_id)) {
    throw errors::invalid_parameter_value(
        fmt::format("{} is already attached to {}.", provider.resource_id, instance.resource_id));
  }
  const auto is_for_users = [](const GenericResource& each) {
    return text(each.document, "TrustProviderType") == "user";
  };
  for (const auto& each : attachments_of(call.txn, instance.resource_id)) {
    if (!is_for_users(provider) || !is_for_users(provider_of(call, each))) continue;
    throw errors::invalid_parameter_value(
        fmt::format("{} has a trust provider for users already.", instance.resource_id));
  }
  GenericResource attachment;
  attachment.account = call.scope.account;
  attachment.region = call.scope.region;
  attachment.resource_id = call.make_id("tie");
  attachment.kind = kAttachment;
  attachment.parent_id = instance.resource_id;
  attachment.document = {{"_provider", provider.resource_id}};
  state::insert(call.txn, attachment);
  state::add_reference(call.txn, call.scope, attachment.resource_id, provider.resource_id, true);
  state::add_reference(call.txn, call.scope, attachment.resource_id, instance.resource_id, true);
  return attachment_answer(call, instance, provider);
}

Document DetachVerifiedAccessTrustProvider(Call& call) {
  const auto instance = require_resource(call, kInstance, call.require("VerifiedAccessInstanceId"));
  const auto provider = require_resource(call, kProvider, call.require("VerifiedAccessTrustProviderId"));
  const auto attachment = find_attachment(call, instance.resource_id, provider.resource_id);
  if (!attachment) {  // Assumed: code and words
    throw errors::invalid_parameter_value(
        fmt::format("{} is not attached to {}.", provider.resource_id, instance.resource_id));
  }
  erase_resource(call, *attachment);
  return attachment_answer(call, instance, provider);
}

// ---- Logging -------------------------------------------------------------------------------------------------------

constexpr const char* kDestinations[] = {"S3", "CloudWatchLogs", "KinesisDataFirehose"};

Document logging_of(const GenericResource& instance) {
  Document logs = part(instance.document, "_logs");
  for (const char* each : kDestinations) {
    if (!has(logs, each)) logs[each] = {{"Enabled", false}};
    if (flag(logs[each], "Enabled").value_or(false)) logs[each]["DeliveryStatus"] = {{"Code", "success"}};
  }
  if (!has(logs, "IncludeTrustContext")) logs["IncludeTrustContext"] = false;
  if (!has(logs, "LogVersion")) logs["LogVersion"] = "ocsf-1.0.0-rc.2";
  return {{"VerifiedAccessInstanceId", instance.resource_id}, {"AccessLogs", std::move(logs)}};
}

/// Documented: ocsf-0.1 and ocsf-1.0.0-rc.2. Assumed: the words of refusals.
Document ModifyVerifiedAccessInstanceLoggingConfiguration(Call& call) {
  auto instance = require_resource(call, kInstance, call.require("VerifiedAccessInstanceId"));
  const auto& logs = call.part("AccessLogs");
  constexpr std::pair<const char*, const char*> kNames[] = {
      {"S3", "BucketName"}, {"CloudWatchLogs", "LogGroup"}, {"KinesisDataFirehose", "DeliveryStream"}};
  for (const auto& [destination, name] : kNames) {
    const auto& given = part(logs, destination);
    if (flag(given, "Enabled").value_or(false) && text(given, name).empty()) throw errors::missing_parameter(name);
  }
  const auto version = text(logs, "LogVersion");
  if (!version.empty() && version != "ocsf-0.1" && version != "ocsf-1.0.0-rc.2") {
    throw errors::invalid_value(version, "LogVersion");
  }
  instance.document["_logs"] = logs;
  state::update(call.txn, instance);
  return {{"LoggingConfiguration", logging_of(instance)}};
}

Document DescribeVerifiedAccessInstanceLoggingConfigurations(Call& call) {
  const auto ids = requested_ids(call, kInstance, "VerifiedAccessInstanceIds");
  std::vector<Document> configurations;
  for (const auto& id : ids) require_resource(call, kInstance, id);
  for (const auto& each : state::list_kind(call.txn, call.scope, kInstance)) {
    if (ids.empty() || std::ranges::find(ids, each.resource_id) != ids.end())
      configurations.push_back(logging_of(each));
  }
  return describe_documents(call, "LoggingConfigurations", std::move(configurations), "VerifiedAccessInstanceIds");
}

// ---- Policies ------------------------------------------------------------------------------------------------------

Document policy_of(const GenericResource& resource) {
  const auto document = text(resource.document, "_policy");
  const bool is_enabled = flag(resource.document, "_enabled").value_or(!document.empty());
  Document policy{{"PolicyEnabled", is_enabled}};
  set_if(policy, "PolicyDocument", document);
  return policy;
}

Document change_policy(Call& call, GenericResource resource) {
  if (has(call.in, "PolicyDocument")) {
    resource.document["_policy"] = call.text("PolicyDocument");
    resource.document["_enabled"] = !call.text("PolicyDocument").empty();
  }
  const auto enabled = call.flag("PolicyEnabled");
  if (enabled) resource.document["_enabled"] = *enabled;
  if (enabled == true && text(resource.document, "_policy").empty()) throw errors::missing_parameter("PolicyDocument");
  if (const auto& sse = call.part("SseSpecification"); !sse.empty()) resource.document["SseSpecification"] = sse;
  state::update(call.txn, resource);
  Document answer = policy_of(resource);
  if (has(resource.document, "SseSpecification")) answer["SseSpecification"] = resource.document["SseSpecification"];
  return answer;
}

Document GetVerifiedAccessGroupPolicy(Call& call) {
  return policy_of(require_resource(call, kGroup, call.require("VerifiedAccessGroupId")));
}
Document GetVerifiedAccessEndpointPolicy(Call& call) {
  return policy_of(require_resource(call, kEndpoint, call.require("VerifiedAccessEndpointId")));
}
Document ModifyVerifiedAccessGroupPolicy(Call& call) {
  return change_policy(call, require_resource(call, kGroup, call.require("VerifiedAccessGroupId")));
}
Document ModifyVerifiedAccessEndpointPolicy(Call& call) {
  return change_policy(call, require_resource(call, kEndpoint, call.require("VerifiedAccessEndpointId")));
}

// ---- Endpoints -----------------------------------------------------------------------------------------------------

/// The options that an endpoint's type asks for, and what they have to name.
constexpr struct {
  std::string_view type;
  const char *options, *target;
} kTypes[] = {{"load-balancer", "LoadBalancerOptions", "LoadBalancerArn"},
              {"network-interface", "NetworkInterfaceOptions", "NetworkInterfaceId"},
              {"rds", "RdsOptions", nullptr},
              {"cidr", "CidrOptions", "Cidr"}};

/// Documented: names and a certificate for web applications only. Assumed: code and words.
void check_domain(const Call& call, const Document& options) {
  const auto protocol = text(options, "Protocol");
  if (protocol != "http" && protocol != "https") return;
  for (const char* member : {"ApplicationDomain", "DomainCertificateArn", "EndpointDomainPrefix"}) call.require(member);
}

/// Assumed: how the names that AWS gives are put together.
void name_endpoint(const Call& call, GenericResource& endpoint, std::string_view instance_id) {
  const auto zone = fmt::format("{}.prod.verified-access.{}.amazonaws.com", instance_id, call.scope.region);
  const auto prefix = call.text("EndpointDomainPrefix");
  if (!prefix.empty())
    endpoint.document["EndpointDomain"] = fmt::format("{}.{}.{}", prefix, endpoint.resource_id, zone);
  endpoint.document["DeviceValidationDomain"] = fmt::format("{}.{}", endpoint.resource_id, zone);
}

void create_endpoint(Call& call, GenericResource& endpoint) {
  const auto group = require_resource(call, kGroup, call.require("VerifiedAccessGroupId"));
  const auto* type =
      std::ranges::find_if(kTypes, [&](const auto& each) { return each.type == call.text("EndpointType"); });
  const auto& options = call.part(type->options);
  if (options.empty()) throw errors::missing_parameter(type->options);
  if (type->target != nullptr && text(options, type->target).empty()) throw errors::missing_parameter(type->target);
  check_domain(call, options);
  endpoint.document["VerifiedAccessInstanceId"] = group.document["VerifiedAccessInstanceId"];
  name_endpoint(call, endpoint, text(group.document, "VerifiedAccessInstanceId"));
}

void modify_endpoint(Call& call, GenericResource& endpoint) {
  const auto group = require_resource(call, kGroup, text(endpoint.document, "VerifiedAccessGroupId"));
  endpoint.parent_id = group.resource_id;
  if (group.document["VerifiedAccessInstanceId"] == endpoint.document["VerifiedAccessInstanceId"]) return;
  throw errors::invalid_value(call.text("VerifiedAccessGroupId"), "VerifiedAccessGroupId",  // Assumed
                              "The group is of another instance.");
}

/// The address behind an endpoint, where this house knows it.
Document GetVerifiedAccessEndpointTargets(Call& call) {
  const auto endpoint = require_resource(call, kEndpoint, call.require("VerifiedAccessEndpointId"));
  const auto id = text(part(endpoint.document, "NetworkInterfaceOptions"), "NetworkInterfaceId");
  std::vector<Document> targets;
  if (const auto interface = state::find<state::NetworkInterface>(call.txn, call.scope, id)) {
    targets.push_back({{"VerifiedAccessEndpointId", endpoint.resource_id},
                       {"VerifiedAccessEndpointTargetIpAddress", interface->private_ip_address}});
  }
  return describe_documents(call, "VerifiedAccessEndpointTargets", std::move(targets));
}

// ---- What a client needs -------------------------------------------------------------------------------------------

Document user_provider(const GenericResource& provider) {
  Document out{{"Type", provider.document["UserTrustProviderType"]}, {"PkceEnabled", true}};
  const auto& native = part(provider.document, "NativeApplicationOidcOptions");
  for (const char* member : {"Issuer", "AuthorizationEndpoint", "PublicSigningKeyEndpoint", "TokenEndpoint",
                             "UserInfoEndpoint", "ClientId"}) {
    if (has(native, member)) out[member] = native[member];
  }
  set_if(out, "Scopes", text(native, "Scope"));
  return out;
}

/// The networks that cidr endpoints of the instance open.
Document routes_of(Call& call, const GenericResource& instance) {
  Document routes = Document::array();
  for (const auto& group : state::list_children(call.txn, instance.resource_id, kGroup)) {
    for (const auto& endpoint : state::list_children(call.txn, group.resource_id, kEndpoint)) {
      const auto cidr = text(part(endpoint.document, "CidrOptions"), "Cidr");
      if (!cidr.empty()) routes.push_back({{"Cidr", cidr}});
    }
  }
  return routes;
}

/// Assumed: the version. There is no server behind it to write an OpenVPN configuration for.
Document ExportVerifiedAccessInstanceClientConfiguration(Call& call) {
  const auto instance = require_resource(call, kInstance, call.require("VerifiedAccessInstanceId"));
  Document answer{{"Version", "1.0"},
                  {"VerifiedAccessInstanceId", instance.resource_id},
                  {"Region", call.scope.region},
                  {"DeviceTrustProviders", Document::array()},
                  {"OpenVpnConfigurations", Document::array({{{"Routes", routes_of(call, instance)}}})}};
  for (const auto& attachment : attachments_of(call.txn, instance.resource_id)) {
    const auto provider = provider_of(call, attachment);
    if (text(provider.document, "TrustProviderType") == "device") {
      answer["DeviceTrustProviders"].push_back(provider.document["DeviceTrustProviderType"]);
    } else {
      answer["UserTrustProvider"] = user_provider(provider);
    }
  }
  return answer;
}

constexpr Operation kOperations[] = {
    {.name = "AttachVerifiedAccessTrustProvider", .run = AttachVerifiedAccessTrustProvider, .access = Access::write},
    {.name = "DescribeVerifiedAccessInstanceLoggingConfigurations",
     .run = DescribeVerifiedAccessInstanceLoggingConfigurations,
     .access = Access::read,
     .listed = "VerifiedAccessInstanceLoggingConfiguration"},
    {.name = "DetachVerifiedAccessTrustProvider", .run = DetachVerifiedAccessTrustProvider, .access = Access::write},
    {.name = "ExportVerifiedAccessInstanceClientConfiguration",
     .run = ExportVerifiedAccessInstanceClientConfiguration,
     .access = Access::read},
    {.name = "GetVerifiedAccessEndpointPolicy", .run = GetVerifiedAccessEndpointPolicy, .access = Access::read},
    {.name = "GetVerifiedAccessEndpointTargets", .run = GetVerifiedAccessEndpointTargets, .access = Access::read},
    {.name = "GetVerifiedAccessGroupPolicy", .run = GetVerifiedAccessGroupPolicy, .access = Access::read},
    {.name = "ModifyVerifiedAccessEndpointPolicy", .run = ModifyVerifiedAccessEndpointPolicy, .access = Access::write},
    {.name = "ModifyVerifiedAccessGroupPolicy", .run = ModifyVerifiedAccessGroupPolicy, .access = Access::write},
    {.name = "ModifyVerifiedAccessInstanceLoggingConfiguration",
     .run = ModifyVerifiedAccessInstanceLoggingConfiguration,
     .access = Access::write},
};

constexpr Hooks kHooks[] = {
    {.kind = kInstance, .create = set_sub_domain, .modify = set_sub_domain, .show = show_instance},
    {.kind = kProvider, .create = create_provider, .modify = modify_provider},
    {.kind = kEndpoint, .create = create_endpoint, .modify = modify_endpoint},
};

}  // namespace

Family verified_access_family() { return {.operations = kOperations, .hooks = kHooks}; }

}  // namespace fogling
