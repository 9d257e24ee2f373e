#include "tests/simulation/answer_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "emulator/cidr.hpp"
#include "emulator/filters.hpp"
#include "fixtures/services/services.hpp"
#include "tests/simulation/maker.hpp"

namespace fogling::simulation {
namespace {

/// Items and filters of each describe that one check looks at.
constexpr int kItems = 2, kFilters = 5;
constexpr std::size_t kMaxFilterValue = 255;

/// A Describe whose answer is a list of structures, read off the model.
struct Describe {
  const Operation* operation = nullptr;
  const model::Operation* shape = nullptr;
  const model::Member* list = nullptr;
  const model::Member* ids = nullptr;  ///< parameter that names ids; null where there is none
  std::string id_member = {};          ///< of an item
  Parameters always = {};

  std::string name() const { return std::string(std::string_view(operation->name)); }
};

/// What a Describe would show beside the account's own.
Parameters own_only(std::string_view operation) {
  if (operation == "DescribeImages" || operation == "DescribeSnapshots") return {{"Owner.1", "self"}};
  return {};
}

/// What belongs to the program and never changes is not looked at again and again.
bool is_catalogue(std::string_view operation) {
  return operation.starts_with("DescribeInstanceType") || operation == "DescribeRegions" ||
         operation == "DescribeAvailabilityZones" || operation == "DescribeAccountAttributes" ||
         operation == "DescribeSpotPriceHistory" || operation.ends_with("Offerings");
}

const model::Member* list_of(const model::Operation& operation) {
  if (operation.output == nullptr) return nullptr;
  for (const auto& member : operation.output->members) {
    if (member.shape->type == model::Type::list && member.shape->element->shape->type == model::Type::structure) {
      return &member;
    }
  }
  return nullptr;
}

std::vector<Describe> describes(const Registry& registry) {
  std::vector<Describe> all;
  for (const auto* operation : registry.all()) {
    const std::string_view name = operation->name;
    if (operation->access != Access::read || !name.starts_with("Describe") || is_catalogue(name)) continue;
    Describe each{.operation = operation, .shape = model::find_operation(name), .always = own_only(name)};
    each.list = list_of(*each.shape);
    if (each.list == nullptr) continue;
    for (const auto& member : each.shape->input->members) {
      // OwnerIds and the like name somebody else than what is listed.
      const bool is_another = member.name.starts_with("Owner") || member.name.find("User") != std::string_view::npos;
      if (member.shape->type == model::Type::list && member.name.ends_with("Ids") && !is_another &&
          member.shape->element->shape->type == model::Type::string && each.ids == nullptr) {
        each.ids = &member;
        each.id_member = member.name.substr(0, member.name.size() - 1);
      }
    }
    all.push_back(std::move(each));
  }
  return all;
}

/// The items of one answer; nothing where the operation refuses, as it does without a parameter that it needs.
std::optional<std::vector<Document>> items_of(House& house, const Describe& describe, const state::Scope& scope,
                                              Parameters more, std::string* next_token = nullptr) {
  try {
    std::ranges::copy(describe.always, std::back_inserter(more));
    const Document answer = house.call(describe.name(), more, scope);
    if (next_token != nullptr) *next_token = text(answer, "NextToken");
    std::vector<Document> found;
    for (const auto& item : items(answer, describe.list->name)) {
      if (describe.name() != "DescribeInstances") {
        found.push_back(item);
        continue;
      }
      for (const auto& instance : items(item, "Instances")) found.push_back(instance);
    }
    return found;
  } catch (const ApiError&) {
    return std::nullopt;
  }
}

/// One scalar that an item has at a path; nothing where it has none.
std::optional<std::string> value_at(const Document& value, std::string_view path) {
  if (value.is_array()) {
    for (const auto& each : value) {
      if (auto found = value_at(each, path)) return found;
    }
    return std::nullopt;
  }
  if (path.empty()) {
    if (value.is_object() || value.is_null()) return std::nullopt;
    return value.is_string() ? value.get<std::string>() : value.dump();
  }
  const auto dot = path.find('.');
  const auto found = value.is_object() ? value.find(path.substr(0, dot)) : value.end();
  if (!value.is_object() || found == value.end()) return std::nullopt;
  return value_at(*found, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1));
}

std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '*' || c == '?' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

class Checker {
 public:
  Checker(House& house, Dice& dice, const state::Scope& scope, const state::Scope& other)
      : house_(house), dice_(dice), scope_(scope), other_(other) {}

  std::vector<std::string> run() {
    for (const auto& describe : describes(house_.world().registry)) {
      const auto all = items_of(house_, describe, scope_, {});
      if (!all || all->empty()) continue;
      check_pages(describe, *all);
      for (int i = 0; i < kItems; ++i) {
        const auto& item = dice_.pick(*all);
        check_id(describe, item);
        check_tags(describe, item);
        for (int j = 0; j < kFilters && !describe.shape->filters.empty(); ++j) {
          check_filter(describe, item, dice_.pick(describe.shape->filters));
        }
      }
    }
    return std::move(broken_);
  }

 private:
  bool is_of_aws(std::string_view id) const {
    const auto lists = services::prefix_lists(scope_.region);
    return std::ranges::find(lists, id, &services::PrefixList::id) != lists.end();
  }

  void check_id(const Describe& describe, const Document& item) {
    const auto id = text(item, describe.id_member);
    if (describe.ids == nullptr || id.empty()) return;
    const Parameters by_id{{std::string(describe.ids->wire_in) + ".1", std::string(id)}};
    const auto found = items_of(house_, describe, scope_, by_id);
    if (!found || found->size() != 1 || found->front() != item) {
      broken_.push_back(fmt::format("{} by the id {} is not what it is among all: {} and {}", describe.name(), id,
                                    found && !found->empty() ? found->front().dump() : "nothing", item.dump()));
    }
    // Images and snapshots may be shared with another account of the region, and so may transit gateways; AWS' prefix
    // lists are everybody's; a pool of IPAM is seen in its locale as well.
    const bool may_be_shared = (!describe.always.empty() && scope_.region == other_.region) || is_of_aws(id) ||
                               describe.name().starts_with("DescribeTransitGateway") ||
                               (describe.name() == "DescribeIpamPools" && scope_.account == other_.account);
    const auto seen = may_be_shared ? std::nullopt : items_of(house_, describe, other_, by_id);
    if (seen && std::ranges::find(*seen, item) != seen->end()) {
      broken_.push_back(fmt::format("{} shows {} to {}/{}", describe.name(), id, other_.account, other_.region));
    }
  }

  void check_filter(const Describe& describe, const Document& item, std::string_view name) {
    std::optional<std::string> value;
    std::string filter(name);
    if (name == "tag:*") {
      const auto& tags = items(item, "Tags");
      if (tags.empty()) return;
      filter = "tag:" + std::string(text(tags.front(), "Key"));
      value = text(tags.front(), "Value");
    } else if (const auto* listed = model::find_shape(describe.operation->listed); listed != nullptr) {
      const auto path = filter_path(*listed, describe.operation->filters, name);
      if (!path.empty()) value = value_at(item, path);
    }
    if (!value || value->empty() || value->size() > kMaxFilterValue) return;
    // `Filter` on the wire, but for a few whose filters are called `Filters` there too.
    const auto* filters = model::find_member(*describe.shape->input, "Filters");
    const std::string list(filters == nullptr ? "Filter" : filters->wire_in);
    const auto found =
        items_of(house_, describe, scope_, {{list + ".1.Name", filter}, {list + ".1.Value.1", escaped(*value)}});
    if (!found || std::ranges::find(*found, item) == found->end()) {
      broken_.push_back(
          fmt::format("{} does not find by {}={} what has it: {}", describe.name(), filter, *value, item.dump()));
    }
  }

  /// DescribeTags and the resource's own description tell the same tags.
  void check_tags(const Describe& describe, const Document& item) {
    const auto id = text(item, describe.id_member);
    if (id.empty() || describe.name() == "DescribeVolumeStatus" || describe.name() == "DescribeInstanceStatus") return;
    const char* member = has(item, "TagSet") ? "TagSet" : "Tags";
    if (model::find_member(*describe.list->shape->element->shape, member) == nullptr &&
        describe.name() != "DescribeInstances") {
      return;
    }
    Document told = Document::array();
    const Document answer =
        house_.call("DescribeTags", {{"Filter.1.Name", "resource-id"}, {"Filter.1.Value.1", std::string(id)}}, scope_);
    for (const auto& tag : items(answer, "Tags")) {
      told.push_back({{"Key", text(tag, "Key")}, {"Value", text(tag, "Value")}});
    }
    if (told != items(item, member)) {
      broken_.push_back(fmt::format("{} and DescribeTags tell different tags of {}: {} and {}", describe.name(), id,
                                    items(item, member).dump(), told.dump()));
    }
  }

  void check_pages(const Describe& describe, const std::vector<Document>& all) {
    if (model::find_member(*describe.shape->input, "MaxResults") == nullptr || all.size() < 6) return;
    std::vector<Document> paged;
    std::string token;
    do {
      Parameters parameters{{"MaxResults", "5"}};
      if (!token.empty()) parameters.emplace_back("NextToken", token);
      const auto page = items_of(house_, describe, scope_, parameters, &token);
      if (!page) return;
      std::ranges::copy(*page, std::back_inserter(paged));
    } while (!token.empty() && paged.size() <= all.size());
    if (paged != all) {
      broken_.push_back(fmt::format("{} in pages of five shows other items than all at once", describe.name()));
    }
  }

  House& house_;
  Dice& dice_;
  const state::Scope& scope_;
  const state::Scope& other_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_describes(House& house, Dice& dice, const state::Scope& scope,
                                          const state::Scope& other) {
  return Checker(house, dice, scope, other).run();
}

std::vector<std::string> broken_views(House& house, const state::Scope& scope) {
  std::vector<std::string> broken;
  const auto all = [&](std::string_view operation, const char* list) { return house.call(operation, {}, scope)[list]; };
  Document instances = Document::object();  // by id
  const Document reservations = all("DescribeInstances", "Reservations");
  for (const auto& reservation : reservations) {
    for (const auto& instance : reservation["Instances"])
      instances[instance["InstanceId"].get<std::string>()] = instance;
  }
  for (const auto& volume : all("DescribeVolumes", "Volumes")) {
    for (const auto& attachment : volume["Attachments"]) {
      const auto& devices = items(part(instances, text(attachment, "InstanceId")), "BlockDeviceMappings");
      const bool agrees = std::ranges::any_of(devices, [&](const Document& device) {
        return text(device, "DeviceName") == text(attachment, "Device") &&
               text(part(device, "Ebs"), "VolumeId") == text(attachment, "VolumeId") &&
               text(part(device, "Ebs"), "Status") == text(attachment, "State");
      });
      if (!agrees) broken.push_back("the instance knows nothing of " + attachment.dump());
    }
  }
  for (const auto& address : all("DescribeAddresses", "Addresses")) {
    if (!has(address, "InstanceId")) continue;
    bool agrees = false;
    for (const auto& interface : items(part(instances, text(address, "InstanceId")), "NetworkInterfaces")) {
      for (const auto& each : items(interface, "PrivateIpAddresses")) {
        agrees = agrees || (text(each, "PrivateIpAddress") == text(address, "PrivateIpAddress") &&
                            text(part(each, "Association"), "PublicIp") == text(address, "PublicIp"));
      }
    }
    if (!agrees) broken.push_back("the instance knows nothing of " + address.dump());
  }
  Document networks = Document::object();  // of gateways, by id
  for (const auto& gateway : all("DescribeInternetGateways", "InternetGateways")) {
    for (const auto& attachment : gateway["Attachments"]) {
      networks[gateway["InternetGatewayId"].get<std::string>()] = attachment["VpcId"];
    }
  }
  for (const auto& table : all("DescribeRouteTables", "RouteTables")) {
    for (const auto& route : table["Routes"]) {
      const auto gateway = text(route, "GatewayId");
      if (!gateway.starts_with("igw-")) continue;
      const bool is_there = text(networks, gateway) == text(table, "VpcId");
      if (is_there != (text(route, "State") == "active"))
        broken.push_back("a route is not as its gateway: " + route.dump());
    }
  }
  for (const auto& subnet : all("DescribeSubnets", "Subnets")) {
    SQLite::Statement held(house.world().database.connection(),
                           "SELECT count(*) FROM private_ip_address WHERE subnet_id = ?");
    held.bind(1, subnet["SubnetId"].get<std::string>());
    held.executeStep();
    // EC2 keeps five of each block.
    const auto size = static_cast<std::int64_t>(parse_cidr(text(subnet, "CidrBlock")).value().size());
    const auto free = size - 5 - held.getColumn(0).getInt64();
    if (integer(subnet, "AvailableIpAddressCount") != free)
      broken.push_back(fmt::format("{} free addresses in {}", free, subnet.dump()));
  }
  return broken;
}

std::string without_request_id(std::string body) {
  const auto start = body.find("<requestId>"), end = body.find("</requestId>");
  return start == std::string::npos || end == std::string::npos ? body : body.erase(start, end - start);
}

std::vector<std::string> broken_fragments(House& house, const state::Scope& scope) {
  const auto body = [&] {
    return without_request_id(ask(house, "Action=DescribeInstances&Version=2016-11-15", scope).body);
  };
  const std::string kept = body();
  house.world().database.touch("*");
  const std::string written_anew = body();
  if (kept == written_anew) return {};
  return {"what was kept of DescribeInstances is not what it is:\n" + kept + "\n" + written_anew};
}

api::Response ask(House& house, std::string_view form, const state::Scope& scope) {
  const std::string authorization =
      fmt::format("AWS4-HMAC-SHA256 Credential={}/20260101/{}/ec2/aws4_request, SignedHeaders=host, Signature=0",
                  scope.account, scope.region);
  api::Request request{};
  request.method = "POST";
  request.target = "/";
  request.body = form;
  request.host = "localhost";
  request.authorization = authorization;
  request.content_type = "application/x-www-form-urlencoded";
  return house.handle(request);
}

}  // namespace fogling::simulation
