/// NAT of transit gateway attachments: rules that translate what comes from one block into another, and whether they
/// are in force. The configuration stands in the attachment's hidden member `_nat`.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/changes.hpp"
#include "emulator/cidr.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/transit_gateways.hpp"

namespace fogling {
namespace {

/// Kind of the move that ends a change.
constexpr std::string_view kChange = "transit-gateway-attachment-nat";
constexpr std::int64_t kTakes_ms = 10'000;  // Assumed
constexpr std::size_t kMostRules = 50;      // documented

constexpr const char* kMulticast = "224.0.0.0/4";
constexpr const char* kLinkLocal = "169.254.0.0/16";
/// RFC 1918 and RFC 6598.
constexpr const char* kPrivate[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"};

// ---- Rules ---------------------------------------------------------------------------------------------------------

Cidr block_of(const Document& rule, const char* member) {
  const auto given = text(rule, member);
  if (given.empty()) throw errors::missing_parameter(member);
  const auto block = parse_cidr(given);
  if (!block || block->had_host_bits)
    throw errors::invalid_value(given, member, "This is not a valid CIDR block.");  // Assumed: the words, as all below
  return *block;
}

void check_blocks(const Cidr& source, const Cidr& translated) {
  if (source.overlaps(*parse_cidr(kMulticast)) || source.overlaps(*parse_cidr(kLinkLocal))) {
    throw errors::invalid_value(source.text(), "MatchSourceCidr",
                                "It overlaps the multicast or the link-local address range.");
  }
  const bool is_private =
      std::ranges::any_of(kPrivate, [&](const char* each) { return parse_cidr(each)->contains(translated); });
  if (!is_private) {
    throw errors::invalid_value(translated.text(), "NatCidr",
                                "It is not in a private (RFC 1918) or shared (RFC 6598) address range.");
  }
  if (source.prefix_length != translated.prefix_length) {
    throw errors::invalid_value(translated.text(), "NatCidr",
                                "It must have the same prefix length as the MatchSourceCidr.");
  }
}

void check_apart(std::vector<Cidr>& others, const Cidr& block, const char* member) {
  if (std::ranges::any_of(others, [&](const Cidr& other) { return other.overlaps(block); }))
    throw errors::invalid_value(block.text(), member, "The CIDR blocks of the rules overlap.");
  others.push_back(block);
}

/// The rules of a request as they are stored, without their states.
Document read_rules(const Document& given) {
  if (given.size() > kMostRules)
    throw errors::invalid_parameter_value(fmt::format("An attachment can have up to {} NAT rules.", kMostRules));
  std::set<std::int64_t> numbers;
  std::vector<Cidr> sources, translated;
  Document rules = Document::array();
  for (const auto& each : given) {
    const auto number = integer(each, "RuleNumber").value_or(0);
    if (number < 1 || number > 32766 || !numbers.insert(number).second) {
      throw errors::invalid_value(std::to_string(number), "RuleNumber", "It must be unique and between 1 and 32766.");
    }
    const auto source = block_of(each, "MatchSourceCidr"), nat = block_of(each, "NatCidr");
    check_blocks(source, nat);
    check_apart(sources, source, "MatchSourceCidr");
    check_apart(translated, nat, "NatCidr");
    rules.push_back({{"RuleNumber", number}, {"MatchSourceCidr", source.text()}, {"NatCidr", nat.text()}});
  }
  return rules;
}

// ---- The configuration of an attachment ----------------------------------------------------------------------------

/// Documented: of its gateway's owner alone.
GenericResource requested_attachment(Call& call) {
  auto attachment = require_resource(call, kTransitGatewayAttachment, call.require("TransitGatewayAttachmentId"));
  const auto gateway_id = text(attachment.document, "TransitGatewayId");
  const auto gateway = state::find<GenericResource>(call.txn, call.scope, gateway_id);
  if (gateway) return attachment;
  throw errors::operation_not_permitted(  // Assumed: code and words
      fmt::format("Only the owner of the Transit Gateway {} can do this.", gateway_id));
}

Document configuration_of(const GenericResource& attachment) {
  if (has(attachment.document, "_nat")) return attachment.document["_nat"];
  return {
      {"NatGatewaySupport", "disabled"}, {"NatSystemRouteSupport", "enable"}, {"NatGatewayRules", Document::array()}};
}

Document answer_of(const GenericResource& attachment, Document configuration) {
  configuration["TransitGatewayAttachmentId"] = attachment.resource_id;
  return configuration;
}

Document GetTransitGatewayAttachmentNatConfiguration(Call& call) {
  const auto attachment = requested_attachment(call);
  call.looked_at.push_back(attachment.resource_id);
  return answer_of(attachment, configuration_of(attachment));
}

/// Documented: VPC attachments always have these routes; the choice is of those with dynamic routing.
void change_routes(const Call& call, const GenericResource& attachment, Document& configuration) {
  const auto wanted = call.text("NatSystemRouteSupport");
  if (wanted.empty()) return;
  const auto type = text(attachment.document, "ResourceType");
  if (type != "vpn" && type != "direct-connect-gateway") {
    throw errors::invalid_parameter_value(
        fmt::format("NatSystemRouteSupport cannot be specified for an attachment of the type {}.", type));
  }
  configuration["NatSystemRouteSupport"] = wanted;
}

void change_rules(const Call& call, Document& configuration) {
  const bool resets = call.flag("ResetNatGatewayRules").value_or(false);
  const auto& given = call.items("NatGatewayRules");
  if (resets && !given.empty()) throw errors::not_together("NatGatewayRules", "ResetNatGatewayRules");
  if (resets) configuration["NatGatewayRules"] = Document::array();
  if (!given.empty()) configuration["NatGatewayRules"] = read_rules(given);
}

Document ModifyTransitGatewayAttachmentNatConfiguration(Call& call) {
  auto attachment = requested_attachment(call);
  require_change(call, "transit gateway attachment");
  if (!is_up(attachment)) throw in_invalid_state(attachment.resource_id);
  Document configuration = configuration_of(attachment);
  const auto before = std::string(text(configuration, "NatGatewaySupport"));
  if (before.ends_with("ing")) throw in_invalid_state(attachment.resource_id);
  change_routes(call, attachment, configuration);
  change_rules(call, configuration);
  const auto wanted = call.text("NatGatewaySupport");
  const bool is_on = wanted.empty() ? before == "enabled" : wanted == "enable";
  if (is_on && configuration["NatGatewayRules"].empty())
    throw errors::invalid_parameter_value("NAT gateway support requires at least one NAT gateway rule.");
  if (is_on && before == "disabled") configuration["NatGatewaySupport"] = "enabling";
  if (!is_on && before == "enabled") configuration["NatGatewaySupport"] = "disabling";
  for (auto& rule : configuration["NatGatewayRules"]) rule["State"] = "pending";
  attachment.document["_nat"] = configuration;
  state::update(call.txn, attachment);
  const Scope owner = attachment.scope();
  Context theirs{call.world, call.txn, owner, call.now_ms};
  schedule(theirs, kChange, attachment.resource_id, is_on ? "enabled" : "disabled", kTakes_ms);
  return answer_of(attachment, std::move(configuration));
}

void finish_change(Context& context, const state::Due& due) {
  auto attachment = state::find<GenericResource>(context.txn, context.scope, due.resource_id);
  if (!attachment || !has(attachment->document, "_nat")) return;
  auto& configuration = attachment->document["_nat"];
  configuration["NatGatewaySupport"] = due.move;
  for (auto& rule : configuration["NatGatewayRules"])
    rule["State"] = due.move == "enabled" ? "activated" : "deactivated";
  state::update(context.txn, *attachment);
}

constexpr Operation kOperations[] = {
    {.name = "GetTransitGatewayAttachmentNatConfiguration",
     .run = GetTransitGatewayAttachmentNatConfiguration,
     .access = Access::read},
    {.name = "ModifyTransitGatewayAttachmentNatConfiguration",
     .run = ModifyTransitGatewayAttachmentNatConfiguration,
     .access = Access::write},
};

constexpr Mover kMovers[] = {{kChange, finish_change}};

}  // namespace

std::vector<std::string> translated_blocks(const GenericResource& attachment) {
  std::vector<std::string> blocks;
  const auto& nat = part(attachment.document, "_nat");
  if (text(nat, "NatGatewaySupport") != "enabled" || text(nat, "NatSystemRouteSupport") != "enable") return blocks;
  for (const auto& rule : items(nat, "NatGatewayRules")) blocks.emplace_back(text(rule, "NatCidr"));
  return blocks;
}

Family transit_gateway_nat_family() { return {.operations = kOperations, .movers = kMovers}; }

}  // namespace fogling
