#include "tests/simulation/references.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "emulator/cidr.hpp"
#include "emulator/resource_types.hpp"
#include "fixtures/catalogue/catalogue.hpp"

namespace fogling::simulation {
namespace {

/// Where ids stand for what was: they may outlive what they name.
constexpr std::string_view kHistory[] = {"volume.snapshot_id",
                                         "volume.options",  // of a copy: its source
                                         "snapshot.volume_id",
                                         "instance.image_id",
                                         "image.source_instance_id",
                                         "image.source_image_id",
                                         "image.options",
                                         "client_token.answer",
                                         "client_token.parameters",
                                         "client_token.token",
                                         "setting.name",
                                         "setting.value",
                                         "instance.vpc_id",
                                         "instance.subnet_id",
                                         "instance.client_token",
                                         "snapshot.description",
                                         "snapshot.options",
                                         "instance.options",
                                         "image.description",
                                         "volume.options",
                                         "volume_modification.original",
                                         "volume_modification.target",
                                         "image.name",
                                         "key_pair.key_name"};

/// Kinds that say what shall be launched some day; it is the launch that judges whether it is there.
constexpr std::string_view kWishes[] = {"launch-template-version", "spot-instances-request", "fleet",
                                        "spot-fleet-request"};

/// Calls `tell` with everything in a text that looks like `prefix-0123456789abcdef0`.
template <class Tell>
void for_each_id(std::string_view text, const Tell& tell) {
  constexpr std::size_t kDigits = 17;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  for (auto dash = text.find("-0"); dash != std::string_view::npos; dash = text.find("-0", dash + 1)) {
    const auto digits = text.substr(dash + 1, kDigits);
    const auto behind = text.substr(dash + 1 + digits.size());
    if (digits.size() < kDigits || !std::ranges::all_of(digits, is_hex)) continue;
    if (digits.find_first_not_of('0') == std::string_view::npos) continue;  // nonsense, never an id
    if (!behind.empty() && is_hex(behind.front())) continue;
    auto start = dash;
    while (start > 0 && (text[start - 1] == '-' || (text[start - 1] >= 'a' && text[start - 1] <= 'z'))) --start;
    if (start < dash) tell(text.substr(start, dash - start), text.substr(start, dash + 1 + kDigits - start));
  }
}

/// A route whose gateway has gone stays, as a black hole: answer_rules.cpp looks at routes.
std::string without_routes(const std::string& document) {
  auto parsed = nlohmann::json::parse(document);
  parsed.erase("Routes");
  return parsed.dump();
}

bool outlives_what_it_names(std::string_view kind) {
  return kind.ends_with("-task") || kind == "image-usage-report" || kind == "fast-launch-image";
}

bool is_public(std::string_view region, std::string_view id) {
  return (id.starts_with("ami-") && catalogue::find_image(region, id) != nullptr) ||
         (id.starts_with("snap-") && catalogue::find_image_by_snapshot(region, id) != nullptr);
}

}  // namespace

std::vector<std::string> broken_references(SQLite::Database& connection, const Known& known) {
  std::vector<std::string> broken;
  std::map<std::string, std::string, std::less<>> scopes;  // by id
  std::set<std::string, std::less<>> prefixes;
  SQLite::Statement ids(connection, known.all_ids());
  while (ids.executeStep()) {
    const auto id = ids.getColumn(0).getString();
    prefixes.insert(id.substr(0, id.rfind('-')));
    scopes[id] = ids.getColumn(1).getString() + "/" + ids.getColumn(2).getString();
  }
  for (const auto& table : tables_of(connection)) {
    SQLite::Statement rows(connection, "SELECT * FROM " + table);
    while (rows.executeStep()) {
      std::string scope, region;
      for (int i = 0; i < rows.getColumnCount(); ++i) {
        const std::string_view name = rows.getColumnName(i);
        if (name == "account") scope = rows.getColumn(i).getString() + "/";
        if (name == "region") scope += region = rows.getColumn(i).getString();
      }
      for (int i = 0; i < rows.getColumnCount(); ++i) {
        const std::string column = table + "." + rows.getColumnName(i);
        if (!rows.getColumn(i).isText() || std::ranges::find(kHistory, column) != std::end(kHistory)) continue;
        std::string text = rows.getColumn(i).getString();
        // What has ended and is still shown names what it had to do with.
        if (table == "resource" && rows.getColumn("state").getString() == "deleted") continue;
        // Who has given an address away goes on seeing to whom; row_rules.cpp looks at offers.
        if (table == "resource" && rows.getColumn("kind").getString() == "address-transfer") continue;
        if (table == "resource" && std::ranges::count(kWishes, rows.getColumn("kind").getString()) > 0) continue;
        // Whoever asks for a peering names what may be another account's, or nothing: then it fails a moment later.
        if (table == "resource" && rows.getColumn("kind").getString() == "vpc-peering-connection") continue;
        // What was asked about a network, and what was found then, stays as it was.
        if (table == "resource" && rows.getColumn("kind").getString().starts_with("network-insights-")) continue;
        // So does what a task has done, or a report has counted; and snapshots made in advance may be deleted.
        if (table == "resource" && outlives_what_it_names(rows.getColumn("kind").getString())) continue;
        if (column == "resource.document") text = without_routes(text);
        for_each_id(text, [&](std::string_view prefix, std::string_view id) {
          if (!prefixes.contains(prefix) || is_public(region, id)) return;
          const auto found = scopes.find(id);
          if (found == scopes.end()) {
            broken.push_back(fmt::format("{} names {}, which is not there", column, id));
          } else if (found->second != scope && !scope.empty()) {
            broken.push_back(fmt::format("{} of {} names {} of {}", column, scope, id, found->second));
          }
        });
      }
    }
  }
  return broken;
}

std::vector<std::string> broken_by_catalogue(SQLite::Database& connection) {
  std::vector<std::string> broken;
  SQLite::Statement instances(
      connection,
      "SELECT instance_id, instance_type, architecture, (SELECT count(*) FROM network_interface n WHERE n.instance_id ="
      " i.instance_id), (SELECT count(*) FROM volume_attachment v WHERE v.instance_id = i.instance_id), (SELECT max(c)"
      " FROM (SELECT count(*) AS c FROM private_ip_address p JOIN network_interface n USING (network_interface_id)"
      " WHERE n.instance_id = i.instance_id AND p.position >= 0 GROUP BY n.network_interface_id))"
      " FROM instance i WHERE state <> 'terminated'");
  while (instances.executeStep()) {
    const auto id = instances.getColumn(0).getString(), architecture = instances.getColumn(2).getString();
    const auto* type = catalogue::find_instance_type(instances.getColumn(1).getString());
    const int interfaces = instances.getColumn(3).getInt();
    if (type == nullptr) {
      broken.push_back(id + " is of no type");
    } else if (interfaces > type->max_network_interfaces ||
               instances.getColumn(4).getInt() > type->max_volumes(interfaces) ||
               instances.getColumn(5).getInt() > type->ipv4_per_interface) {
      broken.push_back(fmt::format("{} of {} holds {} interfaces, {} addresses on one and {} volumes", id, type->name,
                                   interfaces, instances.getColumn(5).getInt(), instances.getColumn(4).getInt()));
    } else if (std::ranges::find(type->architectures, architecture) == type->architectures.end()) {
      broken.push_back(fmt::format("{} is {} and of a type that is not", id, architecture));
    }
  }
  SQLite::Statement tags(connection, "SELECT DISTINCT resource_id, resource_type FROM tag");
  while (tags.executeStep()) {
    const auto id = tags.getColumn(0).getString(), told = tags.getColumn(1).getString();
    const auto* type = find_resource_type_of(id);
    if (type == nullptr || type->type != told) broken.push_back(fmt::format("a tag takes {} for a {}", id, told));
  }
  return broken;
}

std::vector<std::string> broken_blocks(SQLite::Database& connection) {
  std::vector<std::string> broken;
  SQLite::Statement subnets(connection,
                            "SELECT s.subnet_id, s.cidr_block, s.vpc_id, v.cidr_block FROM subnet s JOIN vpc v USING"
                            " (vpc_id) ORDER BY s.vpc_id, s.seq");
  std::map<std::string, std::vector<Cidr>> blocks;  // by VPC
  std::map<std::string, Cidr> block_of;
  while (subnets.executeStep()) {
    const auto id = subnets.getColumn(0).getString();
    const auto block = parse_cidr(subnets.getColumn(1).getString());
    if (!block || block->had_host_bits) {
      broken.push_back("a subnet's block is none: " + id);
      continue;
    }
    auto& others = blocks[subnets.getColumn(2).getString()];
    if (std::ranges::any_of(others, [&](const Cidr& other) { return other.overlaps(*block); })) {
      broken.push_back("two subnets of a VPC overlap: " + id);
    }
    others.push_back(*block);
    block_of.emplace(id, *block);
  }
  SQLite::Statement addresses(connection, "SELECT subnet_id, number, private_ip_address FROM private_ip_address");
  while (addresses.executeStep()) {
    const auto block = block_of.find(addresses.getColumn(0).getString());
    const auto number = static_cast<std::uint32_t>(addresses.getColumn(1).getInt64());
    const auto text = addresses.getColumn(2).getString();
    // EC2 keeps the first four addresses and the last.
    if (block == block_of.end() || number < block->second.first + 4 || number >= block->second.last()) {
      broken.push_back("a private address is outside of what its subnet has to give: " + text);
    }
    if (!text.empty() && ipv4_text(number) != text && text.find('/') == std::string::npos) {
      broken.push_back("a private address is not its number: " + text);
    }
  }
  return broken;
}

}  // namespace fogling::simulation
