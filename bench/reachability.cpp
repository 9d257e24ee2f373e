#include "bench/reachability.hpp"

#include <fmt/format.h>

namespace fogling::bench {
namespace {

class Vpc {
 public:
  explicit Vpc(Emulator& emulator) : emulator_(emulator), ground_(emulator), subnet_(ground_.subnet()) {
    id_ = between(emulator_.ask("Action=DescribeSubnets&SubnetId.1=" + subnet_), "<vpcId>", "</vpcId>");
  }

  const std::string& id() const { return id_; }
  std::vector<std::string> instances() { return ground_.ids(); }

  /// A group that lets in `rules` ports, from 1001 on, by a rule each.
  std::string group(int rules) {
    const auto made = between(emulator_.ask(fmt::format("Action=CreateSecurityGroup&GroupName=g{}&GroupDescription=g"
                                                        "&VpcId={}",
                                                        ++groups_, id_)),
                              "<groupId>", "</groupId>");
    std::string form = "Action=AuthorizeSecurityGroupIngress&GroupId=" + made;
    for (int i = 1; i <= rules; ++i) {
      form += fmt::format(
          "&IpPermissions.{0}.IpProtocol=tcp&IpPermissions.{0}.FromPort={1}&IpPermissions.{0}.ToPort={1}"
          "&IpPermissions.{0}.IpRanges.1.CidrIp=10.0.0.0/8",
          i, 1000 + i);
    }
    emulator_.ask(form);
    return made;
  }

  void launch(int count, const std::vector<std::string>& groups) {
    std::string form = ground_.launch_form(count, subnet_, {});
    for (std::size_t i = 0; i < groups.size(); ++i) form += fmt::format("&SecurityGroupId.{}={}", i + 1, groups[i]);
    emulator_.ask(form);
  }

 private:
  Emulator& emulator_;
  Ground ground_;
  std::string subnet_, id_;
  int groups_ = 0;
};

std::string why(const std::string& from, const std::string& to) {
  return request_to("/_sim/reachability/why", fmt::format(R"({{"from": "{}", "to": "{}", "port": 1050}})", from, to));
}

}  // namespace

void reachability(const Options& options, Report& report) {
  Emulator emulator(options, {});
  Vpc vpc(emulator);
  const auto figure = [&](const std::string& name, const std::string& request, double in, const char* unit,
                          const std::string& wanted) {
    const Latency found = time_each(emulator.process(), options.seconds, always(request));
    report.add("memory: " + name, found.median_us / in, unit, wanted);
    report.add("memory: " + name + ", processor time", found.cpu_us / in, unit, "");
  };
  for (int i = 0; i < 10; ++i) vpc.launch(10, {vpc.group(50)});
  figure("matrix of 100 instances",
         request_to("/_sim/reachability/matrix", fmt::format(R"({{"vpc": "{}", "port": 1050}})", vpc.id())), 1000, "ms",
         "wanted: 1000");
  for (int i = 0; i < 90; ++i) vpc.launch(10, {vpc.group(50)});
  auto ids = vpc.instances();
  figure("trace among 1,000 instances and 5,000 rules", why(ids.front(), ids.back()), 1, "us", "wanted: 1000");
  // As many rules as EC2 lets one interface have.
  std::vector<std::string> groups;
  for (int i = 0; i < 5; ++i) groups.push_back(vpc.group(200));
  vpc.launch(1, groups);
  const auto with_many = between(
      emulator.ask("Action=DescribeInstances&Filter.1.Name=instance.group-id&Filter.1.Value.1=" + groups.front()),
      "<instanceId>", "</instanceId>");
  figure("trace to an interface with 1,000 rules", why(ids.front(), with_many), 1, "us", "");
}

}  // namespace fogling::bench
