#include "emulator/vpn_tunnels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address_v6.hpp>
#include <cctype>

#include "emulator/cidr.hpp"
#include "emulator/encoding.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/random.hpp"

namespace fogling {
namespace {

constexpr std::size_t kTunnels = 2;

// ---- What an option can be (EC2 API Reference, VpnTunnelOptionsSpecification) --------------------------------------

struct Range {
  const char* member;
  std::int64_t least, most;
};
constexpr Range kRanges[] = {{"Phase1LifetimeSeconds", 900, 28'800},
                             {"Phase2LifetimeSeconds", 900, 3'600},
                             {"RekeyFuzzPercentage", 0, 100},
                             {"ReplayWindowSize", 64, 2'048},
                             {"DPDTimeoutSeconds", 30, INT32_MAX}};

struct Words {
  const char* member;
  std::string_view words;  ///< each between blanks
};
constexpr std::string_view kEncryption = " AES128 AES256 AES128-GCM-16 AES256-GCM-16 ";
constexpr std::string_view kIntegrity = " SHA1 SHA2-256 SHA2-384 SHA2-512 ";
constexpr Words kWords[] = {{"DPDTimeoutAction", " clear none restart "}, {"StartupAction", " add start "}};
constexpr Words kLists[] = {{"Phase1EncryptionAlgorithms", kEncryption},
                            {"Phase2EncryptionAlgorithms", kEncryption},
                            {"Phase1IntegrityAlgorithms", kIntegrity},
                            {"Phase2IntegrityAlgorithms", kIntegrity},
                            {"Phase1DHGroupNumbers", " 2 14 15 16 17 18 19 20 21 22 23 24 "},
                            {"Phase2DHGroupNumbers", " 2 5 14 15 16 17 18 19 20 21 22 23 24 "},
                            {"IKEVersions", " ikev1 ikev2 "}};

/// What a request calls otherwise than a description.
std::string shown_name(std::string_view member) {
  if (member.starts_with("DPD")) return "Dpd" + std::string(member.substr(3));
  if (member == "IKEVersions") return "IkeVersions";
  return std::string(member);
}

bool is_among(std::string_view words, std::string_view word) {
  return words.find(fmt::format(" {} ", word)) != std::string_view::npos;
}

std::string word_of(const Document& value) {
  return value.is_string() ? value.get<std::string>() : std::to_string(value.get<std::int64_t>());
}

void check_numbers(const Document& specification) {
  for (const auto& range : kRanges) {
    const auto value = integer(specification, range.member);
    if (value && (*value < range.least || *value > range.most))
      throw errors::invalid_value(std::to_string(*value), range.member);
  }
}

void check_words(const Document& specification) {
  for (const auto& [member, words] : kWords) {
    const auto value = text(specification, member);
    if (!value.empty() && !is_among(words, value)) throw errors::invalid_value(value, member);
  }
  for (const auto& [member, words] : kLists) {
    for (const auto& each : items(specification, member)) {
      const auto word = word_of(each.at("Value"));
      if (!is_among(words, word)) throw errors::invalid_value(word, member);
    }
  }
}

void check_key(std::string_view key) {
  const bool is_fine =
      key.size() >= 8 && key.size() <= 64 && key.front() != '0' && consists_of_letters_digits_and("._", key);
  if (!is_fine) throw errors::invalid_value(key, "PreSharedKey");
}

/// Phase 2 ends before phase 1, and a margin is at most half of it.
void check_lifetimes(const Document& options) {
  const auto first = integer(options, "Phase1LifetimeSeconds").value_or(28'800);
  const auto second = integer(options, "Phase2LifetimeSeconds").value_or(3'600);
  if (second >= first) throw errors::invalid_value(std::to_string(second), "Phase2LifetimeSeconds");
  const auto margin = integer(options, "RekeyMarginTimeSeconds");
  if (margin && (*margin < 60 || *margin > second / 2))
    throw errors::invalid_value(std::to_string(*margin), "RekeyMarginTimeSeconds");
}

/// What is logged, and where: nothing unless the request says so.
Document log_options(const Document& specification) {
  Document shown{{"LogEnabled", false}, {"BgpLogEnabled", false}};
  const auto& given = part(part(specification, "LogOptions"), "CloudWatchLogOptions");
  for (const auto& [enabled, arn, format] : {std::tuple{"LogEnabled", "LogGroupArn", "LogOutputFormat"},
                                             std::tuple{"BgpLogEnabled", "BgpLogGroupArn", "BgpLogOutputFormat"}}) {
    if (!flag(given, enabled).value_or(false)) continue;
    if (text(given, arn).empty()) throw errors::missing_parameter(arn);
    const auto wanted = text(given, format).empty() ? std::string_view("json") : text(given, format);
    if (!is_among(" json text ", wanted)) throw errors::invalid_value(wanted, format);
    shown[enabled] = true;
    shown[arn] = text(given, arn);
    shown[format] = wanted;
  }
  return {{"CloudWatchLogOptions", std::move(shown)}};
}

// ---- Addresses inside ----------------------------------------------------------------------------------------------

/// Blocks that no tunnel can have.
constexpr std::string_view kReserved[] = {"169.254.0.0/30", "169.254.1.0/30", "169.254.2.0/30",    "169.254.3.0/30",
                                          "169.254.4.0/30", "169.254.5.0/30", "169.254.169.252/30"};

bool is_inside_block(std::string_view block) {
  const auto cidr = parse_cidr(block);
  return cidr && cidr->prefix_length == 30 && !cidr->had_host_bits && block.starts_with("169.254.") &&
         std::ranges::find(kReserved, block) == std::end(kReserved);
}

bool is_inside_ipv6_block(std::string_view block) {
  const auto cidr = parse_ipv6_cidr(block);
  return cidr && cidr->prefix_length == 126 && !cidr->had_host_bits && cidr->first[0] == 0xfd;
}

std::string gateway_of(const GenericResource& connection) {
  const auto vpn = text(connection.document, "VpnGatewayId");
  return std::string(vpn.empty() ? text(connection.document, "TransitGatewayId") : vpn);
}

/// Whether a tunnel of the same gateway, this connection's or another one's, has the block already.
bool is_taken(Context& context, const GenericResource& connection, const char* member, std::string_view block,
              std::string_view own_outside_address) {
  const auto has_it = [&](const Document& options) {
    return std::ranges::any_of(items(options, "TunnelOptions"), [&](const Document& tunnel) {
      return text(tunnel, member) == block && text(tunnel, "OutsideIpAddress") != own_outside_address;
    });
  };
  if (has_it(part(connection.document, "Options"))) return true;
  const auto gateway = gateway_of(connection);
  if (gateway.empty()) return false;
  return std::ranges::any_of(state::list_referring(context.txn, gateway, "vpn-connection"),
                             [&](const GenericResource& other) {
                               return other.resource_id != connection.resource_id && other.state != "deleted" &&
                                      has_it(part(other.document, "Options"));
                             });
}

std::string draw_inside_block(Call& call, const GenericResource& connection) {
  constexpr std::uint32_t kFirst = 0xa9fe0000U, kBlocks = 0x4000U;
  for (;;) {
    const auto n = static_cast<std::uint32_t>(call.random().below(kBlocks));
    auto block = fmt::format("{}/30", ipv4_text(kFirst + 4 * n));
    if (is_inside_block(block) && !is_taken(call, connection, "TunnelInsideCidr", block, {})) return block;
  }
}

std::string draw_inside_ipv6_block(Call& call, const GenericResource& connection) {
  for (;;) {
    const auto digits = call.random().hex(12);
    const auto cidr =
        parse_ipv6_cidr(fmt::format("fd{}:{}:{}::/126", digits.substr(0, 2), digits.substr(2, 4), digits.substr(6, 4)));
    const auto block = cidr.value().text();
    if (!is_taken(call, connection, "TunnelInsideIpv6Cidr", block, {})) return block;
  }
}

std::string draw_key(Call& call) {
  constexpr std::string_view kLetters = "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.";
  constexpr std::size_t kLength = 32;
  std::string key;
  while (key.size() < kLength) key += kLetters[call.random().below(kLetters.size())];
  return key;
}

}  // namespace

Document tunnel_options(const Document& specification, const Document& before) {
  check_numbers(specification);
  check_words(specification);
  if (has(specification, "PreSharedKey")) check_key(text(specification, "PreSharedKey"));
  Document options = before;
  for (const auto& [member, value] : specification.items()) {
    if (member != "LogOptions" && !(value.is_array() && value.empty())) options[shown_name(member)] = value;
  }
  if (has(specification, "LogOptions") || !has(before, "LogOptions"))
    options["LogOptions"] = log_options(specification);
  if (!has(options, "EnableTunnelLifecycleControl")) options["EnableTunnelLifecycleControl"] = false;
  check_lifetimes(options);
  return options;
}

void check_inside_blocks(Context& context, const GenericResource& connection, const Document& tunnel) {
  const auto own = text(tunnel, "OutsideIpAddress");
  const auto check = [&](const char* member, bool (*is_fine)(std::string_view)) {
    const auto block = text(tunnel, member);
    if (block.empty()) return;
    if (!is_fine(block)) throw errors::invalid_value(block, member);
    if (is_taken(context, connection, member, block, own)) {  // Assumed: the words
      throw errors::invalid_parameter_value(fmt::format("The tunnel inside CIDR block {} is already in use.", block));
    }
  };
  check("TunnelInsideCidr", is_inside_block);
  check("TunnelInsideIpv6Cidr", is_inside_ipv6_block);
}

void make_tunnels(Call& call, GenericResource& connection, const Document& specifications) {
  if (specifications.size() > kTunnels) {  // Assumed: the words
    throw errors::invalid_parameter_value(
        fmt::format("A VPN connection has {} tunnels, {} were specified.", kTunnels, specifications.size()));
  }
  auto& options = connection.document["Options"];
  options["TunnelOptions"] = Document::array();
  const bool has_ipv6 = text(options, "TunnelInsideIpVersion") == "ipv6";
  for (std::size_t i = 0; i < kTunnels; ++i) {
    Document tunnel =
        tunnel_options(i < specifications.size() ? specifications[i] : Document::object(), Document::object());
    check_inside_blocks(call, connection, tunnel);
    tunnel["OutsideIpAddress"] = draw_public_address(call);
    if (!has(tunnel, "TunnelInsideCidr")) tunnel["TunnelInsideCidr"] = draw_inside_block(call, connection);
    if (has_ipv6 && !has(tunnel, "TunnelInsideIpv6Cidr"))
      tunnel["TunnelInsideIpv6Cidr"] = draw_inside_ipv6_block(call, connection);
    if (!has(tunnel, "PreSharedKey")) tunnel["PreSharedKey"] = draw_key(call);
    options["TunnelOptions"].push_back(std::move(tunnel));
  }
}

// ---- The customer's device -----------------------------------------------------------------------------------------

namespace {

/// One end of a tunnel: its addresses outside and inside, and who speaks BGP there.
std::string end_xml(const char* name, std::string_view outside, std::string_view inside, std::string_view mask,
                    int length, std::string_view asn) {
  std::string xml = fmt::format(
      "    <{}>\n      <tunnel_outside_address>\n        <ip_address>{}</ip_address>\n"
      "      </tunnel_outside_address>\n      <tunnel_inside_address>\n"
      "        <ip_address>{}</ip_address>\n",
      name, outside, inside);
  if (!mask.empty()) xml += fmt::format("        <network_mask>{}</network_mask>\n", mask);
  xml += fmt::format("        <network_cidr>{}</network_cidr>\n      </tunnel_inside_address>\n", length);
  if (!asn.empty())
    xml += fmt::format("      <bgp>\n        <asn>{}</asn>\n        <hold_time>30</hold_time>\n      </bgp>\n", asn);
  return xml + fmt::format("    </{}>\n", name);
}

std::string first_word(const Document& tunnel, const char* list, std::string_view usual) {
  const auto& values = items(tunnel, list);
  return values.empty() ? std::string(usual) : word_of(values.front().at("Value"));
}

/// `AES128` is aes-128-cbc, `AES256-GCM-16` is aes-256-gcm-16.
std::string cipher(std::string_view algorithm) {
  const std::string bits(algorithm.substr(3, 3));
  return fmt::format("aes-{}-{}", bits, algorithm.ends_with("GCM-16") ? "gcm-16" : "cbc");
}

/// `SHA1` is sha1, `SHA2-256` is sha2-256.
std::string digest(std::string algorithm) {
  std::ranges::transform(algorithm, algorithm.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return algorithm;
}

/// Of several algorithms that a tunnel may use, the first is proposed. Assumed: that, and how the newer ones are spelt.
std::string security_xml(const Document& tunnel) {
  const auto integrity = digest(first_word(tunnel, "Phase2IntegrityAlgorithms", "SHA1"));
  std::string xml = fmt::format(
      "    <ike>\n      <authentication_protocol>{}</authentication_protocol>\n"
      "      <encryption_protocol>{}</encryption_protocol>\n      <lifetime>{}</lifetime>\n"
      "      <perfect_forward_secrecy>group{}</perfect_forward_secrecy>\n      <mode>main</mode>\n"
      "      <pre_shared_key>{}</pre_shared_key>\n    </ike>\n",
      digest(first_word(tunnel, "Phase1IntegrityAlgorithms", "SHA1")),
      cipher(first_word(tunnel, "Phase1EncryptionAlgorithms", "AES128")),
      integer(tunnel, "Phase1LifetimeSeconds").value_or(28'800), first_word(tunnel, "Phase1DHGroupNumbers", "2"),
      text(tunnel, "PreSharedKey"));
  xml += fmt::format(
      "    <ipsec>\n      <protocol>esp</protocol>\n"
      "      <authentication_protocol>hmac-{}</authentication_protocol>\n"
      "      <encryption_protocol>{}</encryption_protocol>\n      <lifetime>{}</lifetime>\n"
      "      <perfect_forward_secrecy>group{}</perfect_forward_secrecy>\n      <mode>tunnel</mode>\n"
      "      <clear_df_bit>true</clear_df_bit>\n"
      "      <fragmentation_before_encryption>true</fragmentation_before_encryption>\n"
      "      <tcp_mss_adjustment>1379</tcp_mss_adjustment>\n      <dead_peer_detection>\n"
      "        <interval>10</interval>\n        <retries>3</retries>\n      </dead_peer_detection>\n    </ipsec>\n",
      integrity == "sha1" ? std::string("sha1-96") : integrity,
      cipher(first_word(tunnel, "Phase2EncryptionAlgorithms", "AES128")),
      integer(tunnel, "Phase2LifetimeSeconds").value_or(3'600), first_word(tunnel, "Phase2DHGroupNumbers", "2"));
  return xml;
}

/// The n-th address of the block inside a tunnel: the first is Amazon's, the second the customer's.
std::string inside_address(const Document& tunnel, bool is_ipv6, unsigned n) {
  if (!is_ipv6) return ipv4_text(parse_cidr(text(tunnel, "TunnelInsideCidr")).value().first + n);
  auto bytes = parse_ipv6_cidr(text(tunnel, "TunnelInsideIpv6Cidr")).value().first;
  bytes.back() = static_cast<unsigned char>(bytes.back() + n);
  return boost::asio::ip::address_v6(bytes).to_string();
}

std::string amazon_asn(Context& context, const GenericResource& connection) {
  const auto gateway = state::find_anywhere<GenericResource>(context.txn, gateway_of(connection));
  if (!gateway) return "64512";
  const auto& at = gateway->kind == "transit-gateway" ? part(gateway->document, "Options") : gateway->document;
  return std::to_string(integer(at, "AmazonSideAsn").value_or(64512));
}

}  // namespace

GenericResource require_available_connection(Call& call) {
  auto connection = require_resource(call, "vpn-connection", call.require("VpnConnectionId"));
  if (connection.state == "available") return connection;
  throw ApiError("InvalidVpnConnection.InvalidState",  // documented
                 "The VPN connection must be in the available state to complete the request.");
}

Document& require_tunnel(GenericResource& connection, std::string_view address) {
  for (auto& tunnel : connection.document["Options"]["TunnelOptions"]) {
    if (text(tunnel, "OutsideIpAddress") == address) return tunnel;
  }
  throw errors::invalid_value(address, "VpnTunnelOutsideIpAddress",  // Assumed: the words
                              fmt::format("{} has no such tunnel.", connection.resource_id));
}

TunnelEnds tunnel_ends(Context& context, const GenericResource& connection, const Document& tunnel) {
  const auto& document = connection.document;
  const auto customer = state::find_anywhere<GenericResource>(context.txn, text(document, "CustomerGatewayId"));
  const Document device = customer ? customer->document : Document::object();
  const auto& options = part(document, "Options");
  const bool is_ipv6 = text(options, "TunnelInsideIpVersion") == "ipv6";
  TunnelEnds ends{.outside = std::string(text(tunnel, "OutsideIpAddress")),
                  .inside = inside_address(tunnel, is_ipv6, 1),
                  .customer_outside = std::string(text(device, "IpAddress")),
                  .customer_inside = inside_address(tunnel, is_ipv6, 2),
                  .asn = {},
                  .customer_asn = {}};
  if (flag(options, "StaticRoutesOnly").value_or(false)) return ends;
  const auto extended = text(device, "BgpAsnExtended");
  ends.customer_asn = extended.empty() ? text(device, "BgpAsn") : extended;
  ends.asn = amazon_asn(context, connection);
  return ends;
}

std::string customer_gateway_configuration(Context& context, const GenericResource& connection) {
  const auto& document = connection.document;
  const auto& options = part(document, "Options");
  const bool is_static = flag(options, "StaticRoutesOnly").value_or(false);
  const bool is_ipv6 = text(options, "TunnelInsideIpVersion") == "ipv6";
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<vpn_connection id=\"{}\">\n"
      "  <customer_gateway_id>{}</customer_gateway_id>\n  <vpn_gateway_id>{}</vpn_gateway_id>\n",
      connection.resource_id, text(document, "CustomerGatewayId"), text(document, "VpnGatewayId"));
  if (const auto transit = text(document, "TransitGatewayId"); !transit.empty())
    xml += fmt::format("  <transit_gateway_id>{}</transit_gateway_id>\n", transit);
  xml += "  <vpn_connection_type>ipsec.1</vpn_connection_type>\n";
  if (is_static) xml += "  <vpn_connection_attributes>NoBGPVPNConnection</vpn_connection_attributes>\n";
  const std::string_view mask = is_ipv6 ? "" : "255.255.255.252";
  const int length = is_ipv6 ? 126 : 30;
  for (const auto& tunnel : items(options, "TunnelOptions")) {
    const auto ends = tunnel_ends(context, connection, tunnel);
    xml += "  <ipsec_tunnel>\n";
    xml += end_xml("customer_gateway", ends.customer_outside, ends.customer_inside, mask, length, ends.customer_asn);
    xml += end_xml("vpn_gateway", ends.outside, ends.inside, mask, length, ends.asn);
    xml += security_xml(tunnel) + "  </ipsec_tunnel>\n";
  }
  return xml + "</vpn_connection>\n";
}

}  // namespace fogling
