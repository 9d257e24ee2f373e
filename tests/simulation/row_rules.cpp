#include "tests/simulation/row_rules.hpp"

#include <fmt/format.h>

#include <string_view>

#include "fixtures/kinds/kinds.hpp"

namespace fogling::simulation {
namespace {

/// A rule and the question that finds what breaks it. `{ids}` stands for the ids of all resources with their scopes.
struct Rule {
  const char* says;
  const char* sql;
};

constexpr Rule kRules[] = {
    // ---- Addresses
    {"a public address has one owner",
     "SELECT ip FROM (SELECT public_ip AS ip FROM address UNION ALL"
     " SELECT public_ip FROM network_interface WHERE public_ip <> '') GROUP BY ip HAVING count(*) > 1"},
    {"an address is associated wholly or not at all",
     "SELECT allocation_id FROM address WHERE (association_id = '') <> (network_interface_id = '')"
     " OR (association_id = '') <> (private_ip_address = '')"},
    {"an associated address leads to a private address of an interface of its scope",
     "SELECT allocation_id FROM address a WHERE association_id <> '' AND NOT EXISTS (SELECT 1 FROM private_ip_address p"
     " JOIN network_interface n USING (network_interface_id) WHERE n.network_interface_id = a.network_interface_id"
     " AND p.private_ip_address = a.private_ip_address AND p.position >= 0"
     " AND n.account = a.account AND n.region = a.region)"},
    {"a private address has one elastic address",
     "SELECT network_interface_id FROM address WHERE association_id <> ''"
     " GROUP BY network_interface_id, private_ip_address HAVING count(*) > 1"},
    {"an address of the pool is not beside an elastic one",
     "SELECT network_interface_id FROM network_interface n WHERE public_ip <> '' AND EXISTS (SELECT 1 FROM address a"
     " WHERE a.network_interface_id = n.network_interface_id AND a.private_ip_address = n.private_ip_address)"},
    {"an address of the pool is on an instance that is neither stopped nor terminated",
     "SELECT network_interface_id FROM network_interface n WHERE public_ip <> '' AND NOT EXISTS (SELECT 1 FROM "
     "instance i"
     " WHERE i.instance_id = n.instance_id AND i.state NOT IN ('stopped', 'terminated'))"},
    {"an address that is offered is its offerer's, one that is taken is the taker's",
     "SELECT resource_id FROM resource r LEFT JOIN address a ON a.allocation_id = r.parent_id"
     " WHERE r.kind = 'address-transfer' AND r.state = 'pending' AND (a.account IS NULL OR a.account <> r.account)"},

    // ---- Interfaces
    {"an interface is in use when it is attached, and only then",
     "SELECT network_interface_id FROM network_interface WHERE"
     " ((attachment_id = '') <> (instance_id = '') AND NOT requester_managed)"
     " OR (attachment_id = '') <> (attachment_status = '') OR (attachment_id <> '') <> (status = 'in-use')"},
    {"an attached interface is with an instance of its scope and zone that is not terminated",
     "SELECT network_interface_id FROM network_interface n WHERE instance_id <> '' AND NOT EXISTS (SELECT 1 FROM "
     "instance"
     " i WHERE i.instance_id = n.instance_id AND i.state <> 'terminated' AND i.account = n.account AND i.region = "
     "n.region"
     " AND i.availability_zone = n.availability_zone)"},
    {"a place of an instance holds one interface",
     "SELECT instance_id FROM network_interface WHERE instance_id <> ''"
     " GROUP BY instance_id, network_card_index, device_index HAVING count(*) > 1"},
    {"an instance has a primary interface, in its own subnet",
     "SELECT instance_id FROM instance i WHERE state <> 'terminated' AND NOT EXISTS (SELECT 1 FROM network_interface n"
     " WHERE n.instance_id = i.instance_id AND n.device_index = 0 AND n.subnet_id = i.subnet_id AND n.vpc_id = "
     "i.vpc_id)"},
    {"an interface is in the VPC, zone and scope of its subnet",
     "SELECT network_interface_id FROM network_interface n LEFT JOIN subnet s USING (subnet_id) WHERE s.vpc_id IS NULL"
     " OR s.vpc_id <> n.vpc_id OR s.availability_zone <> n.availability_zone OR s.account <> n.account"
     " OR s.region <> n.region"},
    {"an interface has one primary address, the one it shows",
     "SELECT network_interface_id FROM network_interface n WHERE (SELECT count(*) FROM private_ip_address p"
     " WHERE p.network_interface_id = n.network_interface_id AND p.is_primary) <> 1 OR NOT EXISTS (SELECT 1"
     " FROM private_ip_address p WHERE p.network_interface_id = n.network_interface_id AND p.is_primary"
     " AND p.private_ip_address = n.private_ip_address)"},
    {"a private address is in the subnet and scope of its interface",
     "SELECT p.private_ip_address FROM private_ip_address p LEFT JOIN network_interface n USING (network_interface_id)"
     " WHERE n.subnet_id IS NULL OR n.subnet_id <> p.subnet_id OR n.account <> p.account OR n.region <> p.region"},
    {"the index of groups is what the interfaces say",
     "SELECT network_interface_id FROM (SELECT network_interface_id, j.value AS group_id FROM network_interface,"
     " json_each(group_ids) j EXCEPT SELECT network_interface_id, group_id FROM network_interface_group) UNION ALL"
     " SELECT network_interface_id FROM (SELECT network_interface_id, group_id FROM network_interface_group EXCEPT"
     " SELECT network_interface_id, j.value FROM network_interface, json_each(group_ids) j)"},
    {"an interface's groups are of its VPC and scope",
     "SELECT network_interface_id FROM network_interface n JOIN network_interface_group m USING (network_interface_id)"
     " LEFT JOIN security_group g USING (group_id) WHERE g.vpc_id IS NULL OR g.vpc_id <> n.vpc_id"
     " OR g.account <> n.account OR g.region <> n.region"},
    {"an interface has at least one group",
     "SELECT network_interface_id FROM network_interface n WHERE NOT requester_managed"
     " AND NOT EXISTS (SELECT 1 FROM network_interface_group m"
     " WHERE m.network_interface_id = n.network_interface_id)"},

    // ---- Instances
    {"an instance that is up has its root device",
     "SELECT instance_id FROM instance i WHERE state IN ('pending', 'running', 'stopping') AND root_device_type = 'ebs'"
     " AND NOT EXISTS (SELECT 1 FROM volume_attachment a WHERE a.instance_id = i.instance_id"
     " AND a.device = i.root_device_name)"},
    {"a terminated instance holds nothing and will be forgotten",
     "SELECT instance_id FROM instance i WHERE state = 'terminated' AND (EXISTS (SELECT 1 FROM volume_attachment a"
     " WHERE a.instance_id = i.instance_id) OR (SELECT count(*) FROM due d WHERE d.resource_id = i.instance_id"
     " AND d.move = 'forgotten' AND d.waits_for_clock) <> 1)"},
    {"an instance has been running where it is or stops",
     "SELECT instance_id FROM instance WHERE NOT has_run AND"
     " state IN ('running', 'stopping', 'stopped')"},
    {"an instance is in the VPC, zone and scope of its subnet",
     "SELECT instance_id FROM instance i LEFT JOIN subnet s USING (subnet_id) WHERE i.state <> 'terminated' AND"
     " (s.vpc_id IS NULL OR s.vpc_id <> i.vpc_id OR s.availability_zone <> i.availability_zone OR s.account <> "
     "i.account"
     " OR s.region <> i.region)"},
    {"the profile of an instance is what its association says",
     "SELECT instance_id FROM instance i WHERE state <> 'terminated' AND json_extract(options,"
     " '$.IamInstanceProfile.Arn') IS NOT (SELECT json_extract(r.document, '$.IamInstanceProfile.Arn') FROM resource r"
     " WHERE r.parent_id = i.instance_id AND r.kind = 'iam-instance-profile-association'"
     " AND r.state <> 'disassociating' ORDER BY r.seq DESC LIMIT 1)"},
    {"a profile's association is with an instance that is not terminated",
     "SELECT resource_id FROM resource r WHERE kind = 'iam-instance-profile-association' AND NOT EXISTS (SELECT 1 FROM"
     " instance i WHERE i.instance_id = r.parent_id AND i.state <> 'terminated' AND i.account = r.account"
     " AND i.region = r.region)"},

    // ---- Volumes, snapshots, images
    {"a volume is in use when it is attached, and only then",
     "SELECT volume_id FROM volume v WHERE (state = 'in-use') <> EXISTS (SELECT 1 FROM volume_attachment a"
     " WHERE a.volume_id = v.volume_id)"},
    {"an attachment joins a volume and an instance of one zone and scope, and that instance is not terminated",
     "SELECT a.volume_id FROM volume_attachment a LEFT JOIN volume v USING (volume_id) LEFT JOIN instance i USING"
     " (instance_id) WHERE v.volume_id IS NULL OR i.instance_id IS NULL OR i.state = 'terminated'"
     " OR v.availability_zone <> i.availability_zone OR v.account <> i.account OR v.region <> i.region"
     " OR a.account <> v.account OR a.region <> v.region"},
    {"a volume is attached once unless it may be more often",
     "SELECT volume_id FROM volume_attachment JOIN volume USING (volume_id) WHERE NOT multi_attach_enabled"
     " GROUP BY volume_id HAVING count(*) > 1"},
    {"one change of a volume is under way at most, and the youngest",
     "SELECT volume_id FROM volume_modification m WHERE modification_state NOT IN ('completed', 'failed') AND EXISTS"
     " (SELECT 1 FROM volume_modification o WHERE o.volume_id = m.volume_id AND o.seq > m.seq)"},
    {"a completed snapshot has its time and all of its progress",
     "SELECT snapshot_id FROM snapshot WHERE (state = 'completed') <> (completion_time_ms IS NOT NULL)"
     " OR (state = 'completed') <> (progress = '100%')"},
    {"an image's snapshots are what its devices say",
     "SELECT image_id FROM (SELECT image_id, json_extract(j.value, '$.Ebs.SnapshotId') AS snapshot_id FROM image,"
     " json_each(block_device_mappings) j WHERE snapshot_id IS NOT NULL EXCEPT SELECT image_id, snapshot_id FROM"
     " image_snapshot) UNION ALL SELECT image_id FROM (SELECT image_id, snapshot_id FROM image_snapshot EXCEPT SELECT"
     " image_id, json_extract(j.value, '$.Ebs.SnapshotId') FROM image, json_each(block_device_mappings) j)"},
    {"an image that is available stands on completed snapshots",
     "SELECT image_id FROM image i JOIN image_snapshot USING (image_id) JOIN snapshot s USING (snapshot_id)"
     " WHERE i.state = 'available' AND s.state <> 'completed'"},
    {"names of images, groups and keys are one to a scope or VPC",
     "SELECT name FROM image GROUP BY account, region, name HAVING count(*) > 1"},

    // ---- Groups
    {"a rule names a group of its scope that is there",
     "SELECT security_group_rule_id FROM security_group_rule r WHERE referenced_group_id <> '' AND"
     " referenced_peering_connection_id = '' AND NOT EXISTS (SELECT 1 FROM security_group g WHERE g.group_id ="
     " r.referenced_group_id AND g.region = r.region)"},
    {"a rule is not there twice",
     "SELECT group_id FROM security_group_rule GROUP BY group_id, is_egress, ip_protocol, from_port, to_port, "
     "cidr_ipv4,"
     " cidr_ipv6, prefix_list_id, referenced_group_id HAVING count(*) > 1"},
    {"a group is in the scope of its VPC, a rule in that of its group",
     "SELECT group_id FROM security_group g JOIN vpc v USING (vpc_id) WHERE g.account <> v.account OR g.region <>"
     " v.region UNION ALL SELECT security_group_rule_id FROM security_group_rule r JOIN security_group g USING "
     "(group_id)"
     " WHERE g.account <> r.account OR g.region <> r.region"},

    // ---- VPCs
    {"a VPC has one group called default",
     "SELECT vpc_id FROM vpc v WHERE (SELECT count(*) FROM security_group g WHERE g.vpc_id = v.vpc_id"
     " AND g.group_name = 'default') <> 1"},
    {"a VPC has one main route table",
     "SELECT vpc_id FROM vpc v WHERE (SELECT count(*) FROM resource r, json_each(r.document, '$.Associations') a"
     " WHERE r.kind = 'route-table' AND r.parent_id = v.vpc_id AND json_extract(a.value, '$.Main')) <> 1"},
    {"a VPC has one default network ACL",
     "SELECT vpc_id FROM vpc v WHERE (SELECT count(*) FROM resource r WHERE r.kind = 'network-acl'"
     " AND r.parent_id = v.vpc_id AND json_extract(r.document, '$.IsDefault')) <> 1"},
    {"a subnet is with one network ACL of its VPC",
     "SELECT subnet_id FROM subnet s WHERE (SELECT count(*) FROM resource r, json_each(r.document, '$.Associations') a"
     " WHERE r.kind = 'network-acl' AND r.parent_id = s.vpc_id AND json_extract(a.value, '$.SubnetId') = s.subnet_id)"
     " <> 1"},
    {"a subnet is with one route table at most",
     "SELECT json_extract(a.value, '$.SubnetId') AS subnet_id FROM resource r, json_each(r.document, '$.Associations') "
     "a"
     " WHERE r.kind = 'route-table' AND subnet_id IS NOT NULL GROUP BY subnet_id HAVING count(*) > 1"},
    {"a VPC has one internet gateway at most, which says so",
     "SELECT parent_id FROM resource WHERE kind = 'internet-gateway' AND parent_id <> '' GROUP BY parent_id"
     " HAVING count(*) > 1 UNION ALL SELECT resource_id FROM resource WHERE kind = 'internet-gateway' AND"
     " coalesce(json_extract(document, '$.Attachments[0].VpcId'), '') <> parent_id"},
    {"a zone has one default subnet at most",
     "SELECT min(subnet_id) FROM subnet WHERE default_for_az GROUP BY account, region, availability_zone"
     " HAVING count(*) > 1"},
    {"a subnet is in the scope of its VPC",
     "SELECT subnet_id FROM subnet s JOIN vpc v USING (vpc_id) WHERE s.account <> v.account OR s.region <> v.region"},

    {"nobody has more than EC2 gives: elastic addresses, gateways, rules of a group, groups of an interface",
     "SELECT 'addresses of ' || account FROM address GROUP BY account, region HAVING count(*) > 5 UNION ALL"
     " SELECT 'gateways of ' || account FROM resource WHERE kind = 'internet-gateway' GROUP BY account, region"
     " HAVING count(*) > 5 UNION ALL SELECT group_id FROM security_group_rule GROUP BY group_id, is_egress"
     " HAVING count(*) > 60 UNION ALL SELECT network_interface_id FROM network_interface_group"
     " GROUP BY network_interface_id HAVING count(*) > 5"},
    {"nobody is told twice to whom something is shared",
     "SELECT image_id FROM image, json_each(launch_permissions) j GROUP BY image_id, j.value HAVING count(*) > 1 UNION"
     " ALL SELECT snapshot_id FROM snapshot, json_each(create_volume_permissions) j GROUP BY snapshot_id, j.value"
     " HAVING count(*) > 1"},

    // ---- What all kinds share
    {"a tag is on something that is there, in its scope",
     "SELECT t.resource_id FROM tag t LEFT JOIN ({ids}) r ON r.id = t.resource_id WHERE r.id IS NULL"
     " OR r.account <> t.account OR r.region <> t.region"},
    {"nothing has more than fifty tags", "SELECT resource_id FROM tag GROUP BY resource_id HAVING count(*) > 50"},
    {"what is to come is to come to something that is there, in its scope",
     "SELECT d.resource_id FROM due d LEFT JOIN ({ids}) r ON r.id = d.resource_id WHERE resource_id NOT LIKE "
     "'vpc-block-public-access-options/%' AND r.id IS NULL"
     " OR r.account <> d.account OR r.region <> d.region"},
    {"every row is of a scope that has been entered",
     "SELECT r.id FROM ({ids}) r LEFT JOIN scope s USING (account, region) WHERE s.account IS NULL"},
    {"ids are nobody's twice", "SELECT id FROM ({ids}) GROUP BY id HAVING count(*) > 1"},
    {"what refers to a row refers to one that is there", "SELECT \"table\" FROM pragma_foreign_key_check"},
};

/// A state that ends by itself, where it is kept, and the move that will end it, by the id in `due`. Moves of something
/// else may end it as well: `or_by` finds these.
struct OnTheWay {
  const char* table;
  const char* id;
  const char* column;
  const char* state;
  const char* move;
  const char* or_by = "";
  const char* but = "true";  ///< which rows
};
/// A volume that is being deleted takes its changes along.
constexpr const char* kStays = "volume_id IN (SELECT volume_id FROM volume WHERE state <> 'deleting')";
constexpr const char* kByImage =
    " OR d.resource_id IN (SELECT image_id FROM image_snapshot s WHERE s.snapshot_id = snapshot.snapshot_id)";
constexpr OnTheWay kOnTheWay[] = {
    {"instance", "instance_id", "state", "pending", "running"},
    {"instance", "instance_id", "state", "stopping", "stopped"},
    {"instance", "instance_id", "state", "shutting-down", "terminated"},
    {"instance", "instance_id", "monitoring", "pending", "monitored", " OR d.resource_id = instance.instance_id"},
    {"instance", "instance_id", "monitoring", "disabling", "monitored"},
    {"volume", "volume_id", "state", "creating", "available"},
    {"volume", "volume_id", "state", "deleting", "deleted"},
    {"volume_attachment", "volume_id", "state", "attaching", "attached",
     " OR d.resource_id = volume_attachment.instance_id"},
    {"volume_attachment", "volume_id", "state", "detaching", "detached"},
    {"volume_modification", "volume_id", "modification_state", "modifying", "optimizing", "", kStays},
    {"volume_modification", "volume_id", "modification_state", "optimizing", "completed", "", kStays},
    {"snapshot", "snapshot_id", "state", "pending", "completed", kByImage},
    {"image", "image_id", "state", "pending", "available"},
    {"vpc", "vpc_id", "state", "pending", "available"},
    {"subnet", "subnet_id", "state", "pending", "available"},
    {"network_interface", "network_interface_id", "status", "pending", "available"},
    {"network_interface", "network_interface_id", "attachment_status", "attaching", "attached",
     " OR d.resource_id = network_interface.instance_id"},
    {"network_interface", "network_interface_id", "attachment_status", "detaching", "detached"},
};

std::string joined(SQLite::Database& connection, const std::string& sql) {
  SQLite::Statement rows(connection, sql);
  std::string found;
  while (rows.executeStep()) found += " " + rows.getColumn(0).getString();
  return found;
}

std::string stuck_query(const OnTheWay& each) {
  return fmt::format("SELECT {1} FROM {0} WHERE {2} = '{3}' AND {4}", each.table, each.id, each.column, each.state,
                     each.but);
}

/// Whatever is on its way has a move to come that will end it.
void check_moves(SQLite::Database& connection, std::vector<std::string>& broken) {
  for (const auto& each : kOnTheWay) {
    const auto stuck =
        joined(connection, stuck_query(each) + fmt::format(" AND NOT EXISTS (SELECT 1 FROM due d WHERE (d.resource_id ="
                                                           " {}.{} AND d.move = '{}'){})",
                                                           each.table, each.id, each.move, each.or_by));
    if (stuck.empty()) continue;
    broken.push_back(
        fmt::format("nothing will ever end the {} {} of {}:{}", each.column, each.state, each.table, stuck));
  }
  for (const auto& kind : kinds::all()) {
    for (const auto& each : {kind.create, kind.modify, kind.remove}) {
      if (kind.state.empty() || each.at_once == each.finally) continue;
      const auto stuck =
          joined(connection, fmt::format("SELECT resource_id FROM resource r WHERE kind = '{}' AND state ="
                                         " '{}' AND NOT EXISTS (SELECT 1 FROM due d WHERE"
                                         " d.resource_id = r.resource_id)",
                                         kind.kind, each.at_once));
      if (!stuck.empty())
        broken.push_back(fmt::format("nothing will ever end the state {} of:{}", each.at_once, stuck));
    }
  }
}

}  // namespace

std::vector<std::string> broken_row_rules(SQLite::Database& connection, const Known& known) {
  std::vector<std::string> broken;
  for (const auto& rule : kRules) {
    std::string sql = rule.sql;
    for (auto at = sql.find("{ids}"); at != std::string::npos; at = sql.find("{ids}"))
      sql.replace(at, 5, known.all_ids());
    if (const auto found = joined(connection, sql); !found.empty()) {
      broken.push_back(fmt::format("not so: {}:{}", rule.says, found));
    }
  }
  check_moves(connection, broken);
  return broken;
}

std::vector<std::string> overdue(SQLite::Database& connection, const Clock& clock) {
  // Moves happen at once in the mode `settle` and when they are looked at in the mode `poll`; what waits for the clock
  // waits for it in all of them.
  const auto now_ms = clock.now_ms();
  const std::int64_t moves_until_ms = clock.mode() == ClockMode::settle ? INT64_MAX
                                      : clock.mode() == ClockMode::poll ? 0
                                                                        : now_ms;
  const auto found = joined(connection, fmt::format("SELECT move || ' of ' || resource_id FROM due WHERE due_ms <="
                                                    " CASE waits_for_clock WHEN 0 THEN {} ELSE {} END",
                                                    moves_until_ms, now_ms));
  if (found.empty()) return {};
  return {"should have happened by now:" + found};
}

std::vector<std::string> left_on_the_way(SQLite::Database& connection) {
  std::vector<std::string> left;
  for (const auto& each : kOnTheWay) {
    if (const auto found = joined(connection, stuck_query(each)); !found.empty()) {
      left.push_back(fmt::format("still {} when nothing is left to come: {} of {}:{}", each.state, each.column,
                                 each.table, found));
    }
  }
  return left;
}

}  // namespace fogling::simulation
