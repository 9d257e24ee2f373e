#include "bench/ground.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>

namespace fogling::bench {
namespace {

std::vector<std::string> command(const Options& options, const std::string& state_file,
                                 const std::vector<std::string>& more) {
  std::vector<std::string> words{options.program, "serve", "--port", "0", "--quotas", "none", "--log-level", "warn"};
  if (!state_file.empty()) words.insert(words.end(), {"--state", state_file});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A token is base64: what of it means something else in a form.
std::string escaped(const std::string& token) {
  std::string out;
  for (const char c : token)
    out += std::string_view("+/=").find(c) == std::string_view::npos ? std::string(1, c)
                                                                     : fmt::format("%{:02X}", static_cast<int>(c));
  return out;
}

}  // namespace

void Report::add(const std::string& name, double value, const std::string& unit, const std::string& wanted) {
  std::cout << fmt::format("{:<62} {:>12.2f} {:<14} {}\n", name, value, unit, wanted) << std::flush;
  figures_.push_back({{"name", name}, {"value", value}, {"unit", unit}, {"wanted", wanted}});
}

void Report::save(const std::string& file) const {
  if (!file.empty()) std::ofstream(file) << figures_.dump(1) << "\n";
}

std::vector<std::string> all_between(const std::string& text, const std::string& open, const std::string& close) {
  std::vector<std::string> found;
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    found.push_back(text.substr(at, text.find(close, at) - at));
  }
  return found;
}

std::string between(const std::string& text, const std::string& open, const std::string& close) {
  const auto all = all_between(text, open, close);
  if (all.empty()) throw std::runtime_error("no " + open + " in an answer");
  return all.front();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Emulator::Emulator(const Options& options, const std::string& state_file, const std::vector<std::string>& more)
    : process_(command(options, state_file, more)), connection_(io_, process_.port()) {}

Ground::Ground(Emulator& emulator) : emulator_(emulator) {
  image_ = between(
      emulator_.ask("Action=DescribeImages&Owner.1=137112412989&Filter.1.Name=name&Filter.1.Value.1=al2023-ami-2023*"
                    "&Filter.2.Name=architecture&Filter.2.Value.1=x86_64"),
      "<imageId>", "</imageId>");
}

std::string Ground::launch_form(int count, const std::string& subnet, const std::string& name) const {
  std::string form =
      fmt::format("Action=RunInstances&ImageId={}&InstanceType=t3.micro&MinCount={}&MaxCount={}", image_, count, count);
  if (!subnet.empty()) form += "&SubnetId=" + subnet;
  if (!name.empty()) {
    form +=
        "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1."
        "Value=" +
        name;
  }
  return form;
}

void Ground::launch(int count) {
  while (count > 0) {
    const int batch = std::min(1000, count);
    emulator_.ask(launch_form(1, subnet(), fmt::format("crowd-{}", batches_++)));
    if (batch > 1) emulator_.ask(launch_form(batch - 1, subnet(), {}));
    in_subnet_ += batch;
    count -= batch;
  }
}

std::vector<std::string> Ground::ids() {
  std::vector<std::string> found;
  std::string more;
  do {
    const auto page = emulator_.ask("Action=DescribeInstances&MaxResults=1000" + more);
    for (auto& id : all_between(page, "<instanceId>", "</instanceId>")) found.push_back(std::move(id));
    const auto token = all_between(page, "<nextToken>", "</nextToken>");
    more = token.empty() ? "" : "&NextToken=" + escaped(token.front());
  } while (!more.empty());
  return found;
}

std::string Ground::subnet() {
  if (subnet_.empty() || in_subnet_ > 60'000) {
    const auto vpc =
        between(emulator_.ask(fmt::format("Action=CreateVpc&CidrBlock=10.{}.0.0/16", ++vpcs_)), "<vpcId>", "</vpcId>");
    subnet_ = between(emulator_.ask(fmt::format("Action=CreateSubnet&VpcId={}&CidrBlock=10.{}.0.0/16", vpc, vpcs_)),
                      "<subnetId>", "</subnetId>");
    in_subnet_ = 0;
  }
  return subnet_;
}

std::function<const std::string&()> by_id(const std::vector<std::string>& ids) {
  auto requests = std::make_shared<std::vector<std::string>>();
  for (const auto& id : ids) requests->push_back(request_of("Action=DescribeInstances&InstanceId.1=" + id));
  auto random = std::make_shared<std::mt19937>(1);
  return [requests, random]() -> const std::string& { return (*requests)[(*random)() % requests->size()]; };
}

std::function<const std::string&()> always(std::string request) {
  auto kept = std::make_shared<std::string>(std::move(request));
  return [kept]() -> const std::string& { return *kept; };
}

}  // namespace fogling::bench
