/// The fabric on networks made by hand and by chance. The verdict on single packets, and on sets of them, is held
/// against an evaluator that knows nothing of sets: it takes one packet and asks every rule, slowly.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/networks.hpp"

namespace fogling::fabric {
namespace {

constexpr unsigned kNetworks = 60;
constexpr int kPackets = 60;

TEST(Fabric, SinglePacketsFareAsTheSlowEvaluatorSays) {
  int open = 0, closed = 0;
  for (unsigned seed = 1; seed <= kNetworks; ++seed) {
    Chance chance(seed);
    const Plan plan = plan_by(chance);
    Network network;
    plan.fill(network);
    const Slow slow(plan);
    for (int i = 0; i < kPackets; ++i) {
      Packet packet = packet_by(chance);
      const auto& to = chance.of(plan.interfaces);
      Question question = question_of(packet);
      question.to = {to.id, std::nullopt};
      bool expected = false;
      if (i % 2 == 0) {
        if (!to.addresses.front().public_ip) continue;
        packet.source = ip(chance.outside());
        packet.destination = *to.addresses.front().public_ip;
        question.from = {{}, packet.source};
        expected = slow.comes_in(packet);
      } else {
        const auto& from = chance.of(plan.interfaces);
        if (from.id == to.id || find_row(plan.instances, from.instance_id)->state != "running") continue;
        packet.source = from.addresses.front().ip;
        packet.destination = to.addresses.front().ip;
        question.from = {from.id, std::nullopt};
        expected = slow.goes_across(packet, from, to);
      }
      const auto found = trace(network, question);
      EXPECT_EQ(found.is_open(), expected) << "seed " << seed << ": " << packet_text(packet)
                                           << (found.decided() == nullptr ? "" : ", " + found.decided()->reason);
      (expected ? open : closed) += 1;
    }
  }
  EXPECT_GT(open, 100) << "the networks are too closed to tell";
  EXPECT_GT(closed, 100) << "the networks are too open to tell";
}

bool holds(const Flows& flows, const Packet& packet) {
  return std::ranges::any_of(flows, [&](const Flow& flow) {
    return flow.source.contains(packet.source) && flow.destination.contains(packet.destination) &&
           covers(flow.source_ports, packet.source_port) && covers(flow.destination_ports, packet.destination_port);
  });
}

TEST(Fabric, SetsOfPacketsHoldExactlyThosePacketsThatGetThrough) {
  int open = 0;
  for (unsigned seed = 1; seed <= kNetworks; ++seed) {
    Chance chance(seed);
    const Plan plan = plan_by(chance);
    Network network;
    plan.fill(network);
    const Slow slow(plan);
    for (const auto& to : plan.interfaces) {
      if (!to.addresses.front().public_ip) continue;
      for (const int protocol : {kTcp, kUdp}) {
        Question question;
        question.from = {"internet", std::nullopt};
        question.to = {to.id, std::nullopt};
        question.protocol = protocol;
        question.client_ports = {};
        const auto found = trace(network, question);
        for (int i = 0; i < 12; ++i) {
          Packet packet = packet_by(chance);
          packet.protocol = protocol;
          packet.source = ip(chance.outside());
          packet.destination = *to.addresses.front().public_ip;
          const bool expected = slow.comes_in(packet);
          EXPECT_EQ(holds(found.open, packet), expected) << "seed " << seed << ": " << packet_text(packet);
          open += expected ? 1 : 0;
        }
      }
    }
  }
  EXPECT_GT(open, 100);
}

TEST(Fabric, AnotherRuleOfAGroupNeverClosesAndOneLessNeverOpens) {
  for (unsigned seed = 1; seed <= kNetworks; ++seed) {
    Chance chance(seed);
    const Plan plan = plan_by(chance);
    Plan more = plan;
    auto& group = more.groups[static_cast<std::size_t>(chance.below(3))];
    group.ingress.insert(group.ingress.begin(), rule(group.id, chance.protocol(), chance.ports(), chance.peer()));
    Network before, after;
    plan.fill(before);
    more.fill(after);
    for (int i = 0; i < kPackets; ++i) {
      const Packet packet = packet_by(chance);
      Question question = question_of(packet);
      question.from = {{}, ip(chance.outside())};
      question.to = {chance.of(plan.interfaces).id, std::nullopt};
      EXPECT_LE(trace(before, question).is_open(), trace(after, question).is_open()) << "seed " << seed;
    }
  }
}

TEST(Fabric, GroupsNeverRefuseAnswers) {
  for (unsigned seed = 1; seed <= kNetworks; ++seed) {
    Chance chance(seed);
    const Plan plan = plan_by(chance);
    Network network;
    plan.fill(network);
    for (const auto& to : plan.interfaces) {
      Question question;
      question.from = {"internet", std::nullopt};
      question.to = {to.id, std::nullopt};
      const auto found = trace(network, question);
      for (const auto& hop : found.back) EXPECT_TRUE(hop.type != "security-group" || hop.is_open) << "seed " << seed;
    }
  }
}

// ---- By hand: what the state cannot make yet, or only with much ado -------------------------------------------------

/// Two VPCs of one subnet and one instance each, open but for what lies between them.
struct Pair {
  Plan plan;
  RouteTable& table(std::size_t i) { return plan.tables[i]; }

  Pair() {
    plan.tables.reserve(2);
    for (const char* n : {"1", "2"}) {
      const std::string number = n, prefix = "10." + number;
      plan.vpcs.push_back({.id = "vpc-" + number,
                           .account = {},
                           .region = {},
                           .blocks = {block(prefix + ".0.0/16")},
                           .subnet_ids = {},
                           .internet_gateway_id = {},
                           .gateway_table_id = {},
                           .route_tables = {}});
      plan.acls.push_back(open_acl("acl-" + number));
      plan.groups.push_back({"sg-" + number,
                             {rule("sg-" + number, kTcp, {22, 22}, "0.0.0.0/0")},
                             {rule("sg-" + number, kAnyProtocol, {}, "0.0.0.0/0")}});
      plan.tables.push_back({"rtb-" + number, "vpc-" + number, {route(prefix + ".0.0/16", "local")}, {}});
      Subnet subnet;
      subnet.id = "subnet-" + number;
      subnet.vpc_id = "vpc-" + number;
      subnet.route_table_id = "rtb-" + number;
      subnet.network_acl_id = "acl-" + number;
      subnet.blocks = {block(prefix + ".0.0/24")};
      plan.subnets.push_back(std::move(subnet));
      Interface interface;
      interface.id = "eni-" + number;
      interface.subnet_id = "subnet-" + number;
      interface.vpc_id = "vpc-" + number;
      interface.instance_id = "i-" + number;
      interface.status = "in-use";
      interface.group_ids = {"sg-" + number};
      interface.addresses = {{ip(prefix + ".0.4"), std::nullopt}};
      plan.interfaces.push_back(std::move(interface));
      plan.instances.push_back({"i-" + number, "vpc-" + number, "running", false, {"eni-" + number}});
    }
  }

  Trace ask(Network& network) {
    plan.fill(network);
    Question question;
    question.from = {"i-1", std::nullopt};
    question.to = {"i-2", std::nullopt};
    question.ports = {22, 22};
    return trace(network, question);
  }
};

Peering peering(std::string state) { return {"pcx-1", std::move(state), "vpc-1", "vpc-2"}; }

TEST(Fabric, APeeringNeedsRoutesOnBothSides) {
  Pair pair;
  pair.table(0).routes.push_back(route("10.2.0.0/16", "pcx-1"));
  {
    Network network;
    network.put(peering("active"));
    const auto found = pair.ask(network);
    ASSERT_FALSE(found.is_open());
    EXPECT_EQ(found.decided()->code, "NO_ROUTE_TO_DESTINATION");
    EXPECT_EQ(found.decided()->id, "rtb-2");
    EXPECT_EQ(found.decided()->fix,
              "aws ec2 create-route --route-table-id rtb-2 --destination-cidr-block 10.1.0.4/32 "
              "--vpc-peering-connection-id pcx-1");
  }
  pair.table(1).routes.push_back(route("10.1.0.0/16", "pcx-1"));
  {
    Network network;
    network.put(peering("active"));
    EXPECT_TRUE(pair.ask(network).is_open());
  }
  Network network;
  network.put(peering("pending-acceptance"));
  const auto found = pair.ask(network);
  ASSERT_FALSE(found.is_open());
  EXPECT_EQ(found.decided()->code, "BAD_STATE");
  EXPECT_EQ(found.decided()->fix, "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-1");
}

TEST(Fabric, AcrossAPeeringRulesMayNameGroups) {
  Pair pair;
  pair.table(0).routes.push_back(route("10.2.0.0/16", "pcx-1"));
  pair.table(1).routes.push_back(route("10.1.0.0/16", "pcx-1"));
  pair.plan.groups[1].ingress = {rule("sg-2", kTcp, {22, 22}, "sg-1")};
  Network network;
  network.put(peering("active"));
  EXPECT_TRUE(pair.ask(network).is_open());
}

TEST(Fabric, AnAnswerThatGoesAnotherWayIsLost) {
  Pair pair;
  pair.table(0).routes.push_back(route("10.2.0.0/16", "pcx-1"));
  pair.table(1).routes.push_back(route("10.1.0.0/16", "pcx-1"));
  pair.table(1).routes.push_back(route("10.1.0.0/24", "tgw-1"));
  Network network;
  network.put(peering("active"));
  const auto found = pair.ask(network);
  ASSERT_FALSE(found.is_open());
  EXPECT_EQ(found.decided()->code, "MORE_SPECIFIC_ROUTE");
  EXPECT_EQ(found.decided()->id, "rtb-2");
}

TEST(Fabric, WalksEndThoughRoutesGoRoundInCircles) {
  Pair pair;
  pair.table(0).routes.push_back(route("10.2.0.0/16", "eni-1"));
  pair.plan.interfaces[0].source_dest_check = false;
  Network network;
  const auto found = pair.ask(network);
  ASSERT_FALSE(found.is_open());
  EXPECT_EQ(found.decided()->code, "NO_PATH");
}

TEST(Fabric, BlocksAreCutAndPutTogetherAgain) {
  const auto rest = without(block("0.0.0.0/0"), block("10.0.0.0/8"));
  EXPECT_EQ(rest.size(), 8U);
  auto all = rest;
  all.push_back(block("10.0.0.0/8"));
  EXPECT_EQ(canonical(all), std::vector{block("0.0.0.0/0")});
  EXPECT_EQ(without(block("2001:db8::/32"), block("2001:db8:8000::/33")), std::vector{block("2001:db8::/33")});
  EXPECT_EQ(block("2001:db8::ffff/64").text(), "2001:db8::/64");
  EXPECT_EQ(ip("2600:1f18::5").text(), "2600:1f18::5");
  // As in the guide's example: the internet without private addresses.
  std::vector<std::string> texts;
  for (const auto& each : internet_blocks(false)) texts.push_back(each.text());
  EXPECT_EQ(texts[0], "0.0.0.0/5");
  EXPECT_EQ(texts[2], "11.0.0.0/8");
  EXPECT_EQ(texts[3], "12.0.0.0/6");
}

}  // namespace
}  // namespace fogling::fabric
