#include "tests/simulation/known.hpp"

#include <algorithm>

#include "emulator/resource_types.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "fixtures/kinds/kinds.hpp"

namespace fogling::simulation {
namespace {

/// What has no id in a column of its own, by account (?1) and region (?2).
constexpr struct {
  std::string_view what;
  const char* sql;
} kQueries[] = {
    {"key-name", "SELECT key_name FROM key_pair WHERE account = ?1 AND region = ?2 ORDER BY seq"},
    {"group-name", "SELECT group_name FROM security_group WHERE account = ?1 AND region = ?2 ORDER BY seq"},
    {"attachment",
     "SELECT attachment_id FROM network_interface WHERE account = ?1 AND region = ?2 AND attachment_id <> ''"
     " AND device_index > 0 ORDER BY seq"},
    {"address-association",
     "SELECT association_id FROM address WHERE account = ?1 AND region = ?2 AND association_id <> '' ORDER BY seq"},
    {"public-ip", "SELECT public_ip FROM address WHERE account = ?1 AND region = ?2 ORDER BY seq"},
    {"offered-ip",
     "SELECT a.public_ip FROM address a JOIN resource r ON r.parent_id = a.allocation_id"
     " WHERE r.kind = 'address-transfer' AND a.account <> ?1 AND a.region = ?2 ORDER BY a.seq"},
    {"private-ip",
     "SELECT private_ip_address FROM private_ip_address WHERE account = ?1 AND region = ?2 AND position >= 0"
     " ORDER BY subnet_id, number"},
    {"attached-volume", "SELECT volume_id FROM volume_attachment WHERE account = ?1 AND region = ?2 ORDER BY seq"},
    {"free-volume",
     "SELECT volume_id FROM volume WHERE account = ?1 AND region = ?2 AND state = 'available' ORDER BY seq"},
    {"free-interface",
     "SELECT network_interface_id FROM network_interface WHERE account = ?1 AND region = ?2 AND attachment_id = ''"
     " ORDER BY seq"},
    {"living-instance",
     "SELECT instance_id FROM instance WHERE account = ?1 AND region = ?2 AND state IN ('running', 'stopped')"
     " ORDER BY seq"},
    {"stopped-instance",
     "SELECT instance_id FROM instance WHERE account = ?1 AND region = ?2 AND state = 'stopped' ORDER BY seq"},
    {"other-account", "SELECT DISTINCT account FROM scope WHERE account <> ?1 AND ?2 <> '' ORDER BY account"},
    {"main-subnet",
     "SELECT subnet_id FROM subnet WHERE account = ?1 AND region = ?2 AND default_for_az ORDER BY seq LIMIT 2"},
    {"main-group",
     "SELECT group_id FROM security_group g JOIN vpc v USING (vpc_id)"
     " WHERE g.account = ?1 AND g.region = ?2 AND v.is_default ORDER BY g.seq"},
    {"own-image", "SELECT image_id FROM image WHERE account = ?1 AND region = ?2 ORDER BY seq"},
    {"route-table-association",
     "SELECT json_extract(a.value, '$.RouteTableAssociationId') FROM resource r, json_each(r.document, "
     "'$.Associations') a"
     " WHERE r.account = ?1 AND r.region = ?2 AND r.kind = 'route-table' ORDER BY r.seq"},
    {"placement-group-name",
     "SELECT json_extract(document, '$.GroupName') FROM resource WHERE account = ?1 AND region = ?2 AND kind ="
     " 'placement-group' ORDER BY seq"},
    {"tagged", "SELECT DISTINCT resource_id FROM tag WHERE account = ?1 AND region = ?2 ORDER BY resource_id"},
};

std::vector<std::string> strings(SQLite::Statement& statement) {
  std::vector<std::string> values;
  while (statement.executeStep()) values.push_back(statement.getColumn(0).getString());
  return values;
}

/// Images that every launch of the walk can take: some of the catalogue's for x86_64 and one for arm64.
std::vector<std::string> public_images(std::string_view region) {
  std::vector<std::string> ids;
  int others = 0;
  for (const auto& image : catalogue::images(region)) {
    if (!image.platform.empty() || !image.ena_support || image.root_device_type != "ebs") continue;
    if (image.architecture == "x86_64" && ids.size() < 4) ids.emplace_back(image.image_id);
    if (image.architecture == "arm64" && others++ == 0) ids.emplace_back(image.image_id);
  }
  return ids;
}

std::vector<std::string> first_zones(std::string_view region) {
  std::vector<std::string> names;
  for (const auto& zone : catalogue::zones(region)) {
    if (zone.is_availability_zone() && names.size() < 2) names.emplace_back(zone.name);
  }
  return names;
}

}  // namespace

std::vector<std::string> tables_of(SQLite::Database& connection) {
  SQLite::Statement names(
      connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name");
  return strings(names);
}

Known::Known(SQLite::Database& connection) : connection_(connection) {
  // The fourth column, behind seq, account and region, where it alone is unique.
  SQLite::Statement ids(connection_,
                        "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p"
                        " WHERE m.type = 'table' AND p.cid = 3 AND p.name LIKE '%\\_id' ESCAPE '\\' AND EXISTS"
                        " (SELECT 1 FROM pragma_index_list(m.name) l WHERE l.\"unique\" AND"
                        " (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i) = p.name) ORDER BY m.name");
  while (ids.executeStep()) columns_.push_back({ids.getColumn(0).getString(), ids.getColumn(1).getString()});
  for (const auto& [table, column] : columns_) {
    if (!all_ids_.empty()) all_ids_ += " UNION ALL ";
    all_ids_ += "SELECT " + column + " AS id, account, region FROM " + table;
  }
}

std::vector<std::string> Known::all(const state::Scope& scope, std::string_view what) const {
  if (what == "zone") return first_zones(scope.region);
  const auto ask = [&](const std::string& sql) {
    SQLite::Statement statement(connection_, sql);
    statement.bind(1, scope.account);
    statement.bind(2, scope.region);
    return strings(statement);
  };
  const auto* query = std::ranges::find(kQueries, what, [](const auto& each) { return each.what; });
  if (query != std::end(kQueries)) return ask(query->sql);

  const auto types = resource_types();
  const auto type = std::ranges::find(types, what, &ResourceType::type);
  auto ids = type != types.end() && kinds::find(what) == nullptr
                 ? ask("SELECT id FROM (" + all_ids_ + ") WHERE account = ?1 AND region = ?2 AND id GLOB '" +
                       std::string(type->prefix) + "-[0-9a-f]*'")
                 : ask("SELECT resource_id FROM resource WHERE account = ?1 AND region = ?2 AND kind = '" +
                       std::string(what) + "' ORDER BY seq");
  if (what == "image") std::ranges::move(public_images(scope.region), std::back_inserter(ids));
  return ids;
}

}  // namespace fogling::simulation
