/// Prints what the emulator costs as ratios to a bare Beast server that answers the same bytes in the same run.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "bench/client.hpp"
#include "bench/floor.hpp"
#include "bench/process.hpp"

namespace fogling::bench {
namespace {

struct Options {
  std::string program, self;
  double seconds = 2;
  int rounds = 3;
  int crowd = 100'000;
  std::string json_file;
};

/// Every figure as it is printed and kept.
class Report {
 public:
  void add(const std::string& name, double value, const std::string& unit, const std::string& wanted) {
    std::cout << fmt::format("{:<62} {:>12.2f} {:<14} {}\n", name, value, unit, wanted) << std::flush;
    figures_.push_back({{"name", name}, {"value", value}, {"unit", unit}, {"wanted", wanted}});
  }
  void save(const std::string& file) const {
    if (!file.empty()) std::ofstream(file) << figures_.dump(1) << "\n";
  }

 private:
  nlohmann::json figures_ = nlohmann::json::array();
};

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

/// A token is base64: what of it means something else in a form.
std::string escaped(const std::string& token) {
  std::string out;
  for (const char c : token)
    out += std::string_view("+/=").find(c) == std::string_view::npos ? std::string(1, c)
                                                                     : fmt::format("%{:02X}", static_cast<int>(c));
  return out;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// An emulator of our own, in memory or on a file.
class Emulator {
 public:
  Emulator(const Options& options, const std::string& state_file)
      : process_(command(options, state_file)), connection_(io_, process_.port()) {}

  std::string ask(const std::string& form) { return connection_.ask(form); }
  const Process& process() const { return process_; }

 private:
  static std::vector<std::string> command(const Options& options, const std::string& state_file) {
    std::vector<std::string> words{options.program, "serve", "--port", "0", "--quotas", "none", "--log-level", "warn"};
    if (!state_file.empty()) words.insert(words.end(), {"--state", state_file});
    return words;
  }

  Process process_;
  boost::asio::io_context io_;
  Connection connection_;
};

/// Where instances are put: subnets with room, made as they are needed.
class Ground {
 public:
  explicit Ground(Emulator& emulator) : emulator_(emulator) {
    image_ = between(
        emulator_.ask("Action=DescribeImages&Owner.1=137112412989&Filter.1.Name=name&Filter.1.Value.1=al2023-ami-2023*"
                      "&Filter.2.Name=architecture&Filter.2.Value.1=x86_64"),
        "<imageId>", "</imageId>");
  }

  std::string launch_form(int count, const std::string& subnet, const std::string& name) const {
    std::string form = fmt::format("Action=RunInstances&ImageId={}&InstanceType=t3.micro&MinCount={}&MaxCount={}",
                                   image_, count, count);
    if (!subnet.empty()) form += "&SubnetId=" + subnet;
    if (!name.empty()) {
      form +=
          "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1."
          "Value=" +
          name;
    }
    return form;
  }

  /// So many new instances; the first one of each thousand is tagged Name=`crowd-N`.
  void launch(int count) {
    while (count > 0) {
      const int batch = std::min(1000, count);
      emulator_.ask(launch_form(1, subnet(), fmt::format("crowd-{}", batches_++)));
      if (batch > 1) emulator_.ask(launch_form(batch - 1, subnet(), {}));
      in_subnet_ += batch;
      count -= batch;
    }
  }

  /// Ids of all of them, looked up a page at a time: so each has been described once.
  std::vector<std::string> ids() {
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

  std::string subnet() {
    if (subnet_.empty() || in_subnet_ > 60'000) {
      const auto vpc = between(emulator_.ask(fmt::format("Action=CreateVpc&CidrBlock=10.{}.0.0/16", ++vpcs_)),
                               "<vpcId>", "</vpcId>");
      subnet_ = between(emulator_.ask(fmt::format("Action=CreateSubnet&VpcId={}&CidrBlock=10.{}.0.0/16", vpc, vpcs_)),
                        "<subnetId>", "</subnetId>");
      in_subnet_ = 0;
    }
    return subnet_;
  }

 private:
  Emulator& emulator_;
  std::string image_, subnet_;
  int vpcs_ = 0, in_subnet_ = 0, batches_ = 0;
};

/// The floor for one body, in a process of its own.
class Floor {
 public:
  Floor(const Options& options, const std::string& body)
      : file_(std::filesystem::temp_directory_path() / fmt::format("fogling_floor_{}", getpid())) {
    std::ofstream(file_) << body;
    process_ = std::make_unique<Process>(std::vector<std::string>{options.self, "--floor", file_.string()});
  }
  ~Floor() { std::filesystem::remove(file_); }
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  const Process& process() const { return *process_; }

 private:
  std::filesystem::path file_;
  std::unique_ptr<Process> process_;
};

struct Comparison {
  Speed ours, floor;
};

Speed median(const std::vector<Speed>& speeds) {
  std::vector<double> calls, cpu;
  for (const auto& each : speeds) {
    calls.push_back(each.calls_per_s);
    cpu.push_back(each.cpu_us);
  }
  return {median(std::move(calls)), median(std::move(cpu))};
}

/// Ours and the floor in turn, the median of each.
Comparison compare(const Options& options, Emulator& emulator, const std::string& body,
                   const std::function<const std::string&()>& next) {
  const Floor floor(options, body);
  std::vector<Speed> ours, theirs;
  for (int round = 0; round < options.rounds; ++round) {
    theirs.push_back(measure(floor.process(), options.seconds / options.rounds, next));
    ours.push_back(measure(emulator.process(), options.seconds / options.rounds, next));
  }
  return {median(ours), median(theirs)};
}

void report_comparison(Report& report, const std::string& name, const Comparison& found, const std::string& wanted) {
  report.add(name, found.ours.calls_per_s, "calls/s", "");
  report.add(name + ", ratio to the floor", found.ours.calls_per_s / found.floor.calls_per_s, "of the floor", wanted);
  report.add(name + ", processor time", found.ours.cpu_us, "us/call", "");
  report.add(name + ", ratio of processor time", found.floor.cpu_us / found.ours.cpu_us, "of the floor", wanted);
}

/// Requests for one instance each, chosen at random but the same in every run.
std::function<const std::string&()> by_id(const std::vector<std::string>& ids) {
  auto requests = std::make_shared<std::vector<std::string>>();
  for (const auto& id : ids) requests->push_back(request_of("Action=DescribeInstances&InstanceId.1=" + id));
  auto random = std::make_shared<std::mt19937>(1);
  return [requests, random]() -> const std::string& { return (*requests)[(*random)() % requests->size()]; };
}

std::function<const std::string&()> always(const std::string& form) {
  auto request = std::make_shared<std::string>(request_of(form));
  return [request]() -> const std::string& { return *request; };
}

void describe_and_launch(const Options& options, Report& report, const std::string& place,
                         const std::string& state_file) {
  Emulator emulator(options, state_file);
  report.add(place + ": ready after exec", emulator.process().ready_ms(), "ms", "wanted: 20");
  report.add(place + ": resident when idle", emulator.process().resident_mb(), "MB", "wanted: 20");
  Ground ground(emulator);
  ground.launch(1000);
  const auto ids = ground.ids();

  const auto body = emulator.ask("Action=DescribeInstances&InstanceId.1=" + ids.front());
  report_comparison(report, place + ": DescribeInstances by id", compare(options, emulator, body, by_id(ids)),
                    "wanted: 0.25");
  const std::string page = "Action=DescribeInstances&MaxResults=1000";
  report_comparison(report, place + ": DescribeInstances of 1,000",
                    compare(options, emulator, emulator.ask(page), always(page)), "wanted: 0.10");

  const Speed launches =
      measure(emulator.process(), options.seconds, always(ground.launch_form(1, ground.subnet(), {})));
  report.add(place + ": RunInstances of one", launches.calls_per_s, "calls/s", "wanted: 5000");
  report.add(place + ": RunInstances of one, processor time", launches.cpu_us, "us/call", "wanted: 200");
}

/// A VPC of a thousand instances with five thousand rules: one trace; and every pair of a hundred.
void reachability(const Options& options, Report& report) {
  Emulator emulator(options, {});
  Ground ground(emulator);
  const auto subnet = ground.subnet();
  const auto vpc = between(emulator.ask("Action=DescribeSubnets&SubnetId.1=" + subnet), "<vpcId>", "</vpcId>");
  const auto launch = [&](int count, int groups, int rules) {
    for (int i = 0; i < groups; ++i) {
      const auto group =
          between(emulator.ask(fmt::format("Action=CreateSecurityGroup&GroupName=g{}-{}&GroupDescription=g"
                                           "&VpcId={}",
                                           count, i, vpc)),
                  "<groupId>", "</groupId>");
      std::string form = "Action=AuthorizeSecurityGroupIngress&GroupId=" + group;
      for (int j = 1; j <= rules; ++j) {
        form += fmt::format(
            "&IpPermissions.{0}.IpProtocol=tcp&IpPermissions.{0}.FromPort={1}&IpPermissions.{0}.ToPort={1}"
            "&IpPermissions.{0}.IpRanges.1.CidrIp=10.0.0.0/8",
            j, 1000 + j);
      }
      emulator.ask(form);
      emulator.ask(ground.launch_form(count / groups, subnet, {}) + "&SecurityGroupId.1=" + group);
    }
  };
  launch(100, 10, 50);
  const auto matrix = request_to("/_sim/reachability/matrix", fmt::format(R"({{"vpc": "{}", "port": 1050}})", vpc));
  const Speed matrices = measure(
      emulator.process(), options.seconds, [&]() -> const std::string& { return matrix; }, 1);
  report.add("memory: matrix of 100 instances, processor time", matrices.cpu_us / 1000, "ms/call", "wanted: 1000");
  launch(900, 90, 50);
  const auto ids = ground.ids();
  const auto trace = request_to("/_sim/reachability/why",
                                fmt::format(R"({{"from": "{}", "to": "{}", "port": 1050}})", ids.front(), ids.back()));
  const Speed traces = measure(emulator.process(), options.seconds, [&]() -> const std::string& { return trace; });
  report.add("memory: trace among 1,000 instances and 5,000 rules, processor time", traces.cpu_us, "us/call",
             "wanted: 1000");
}

/// Processor time of one call, in microseconds.
struct Costs {
  double by_id = 0, by_tag = 0;
};

Costs describe_costs(const Options& options, Emulator& emulator, const std::vector<std::string>& ids) {
  const auto tagged = always("Action=DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value.1=crowd-0");
  return {measure(emulator.process(), options.seconds, by_id(ids)).cpu_us,
          measure(emulator.process(), options.seconds, tagged).cpu_us};
}

/// The same calls among 1,000 instances and among very many.
void crowd(const Options& options, Report& report, const std::string& place, const std::string& state_file) {
  Costs few, many;
  const auto name = [&](const std::string& what) { return fmt::format("{}: {}", place, what); };
  {
    Emulator emulator(options, state_file);
    Ground ground(emulator);
    ground.launch(1000);
    few = describe_costs(options, emulator, ground.ids());
    const double before = emulator.process().cpu_seconds();
    ground.launch(options.crowd - 1000);
    report.add(name("launch of each in calls of a thousand, processor time"),
               1e6 * (emulator.process().cpu_seconds() - before) / (options.crowd - 1000), "us", "");
    many = describe_costs(options, emulator, ground.ids());
    report.add(name(fmt::format("resident with {} instances", options.crowd)), emulator.process().resident_mb(), "MB",
               "wanted: 400");
  }
  if (!state_file.empty()) {
    const auto started = std::chrono::steady_clock::now();
    Emulator again(options, state_file);
    again.ask("Action=DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value.1=crowd-0");
    report.add(name(fmt::format("start with {} instances until the first answer", options.crowd)),
               std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count(), "ms",
               "wanted: 1000");
  }
  report.add(name(fmt::format("by id at {} to at 1,000", options.crowd)), many.by_id / few.by_id, "times",
             "wanted: 1.5");
  report.add(name(fmt::format("by tag at {} to at 1,000", options.crowd)), many.by_tag / few.by_tag, "times",
             "wanted: 1.5");
}

/// A state file of its own that is gone afterwards.
class StateFile {
 public:
  StateFile() : path_(std::filesystem::temp_directory_path() / fmt::format("fogling_bench_{}.sqlite", getpid())) {
    erase();
  }
  ~StateFile() { erase(); }
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  void erase() const {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_.string() + suffix);
  }
  std::filesystem::path path_;
};

void run(const Options& options) {
  Report report;
  describe_and_launch(options, report, "memory", {});
  reachability(options, report);
  {
    const StateFile file;
    describe_and_launch(options, report, "file", file.path());
  }
  if (options.crowd > 0) {
    crowd(options, report, "memory", {});
    const StateFile file;
    crowd(options, report, "file", file.path());
  }
  report.save(options.json_file);
}

}  // namespace
}  // namespace fogling::bench

int main(int argc, char** argv) {
  using namespace fogling::bench;
  Options options;
  std::string floor_file;
  bool quick = false;
  CLI::App app{"Measures fogling against a bare Beast server that answers the same bytes."};
  options.self = std::filesystem::read_symlink("/proc/self/exe").string();
  options.program = (std::filesystem::path(options.self).parent_path().parent_path() / "fogling").string();
  app.add_option("--fogling", options.program, "the program to measure");
  app.add_option("--seconds", options.seconds, "seconds for each figure");
  app.add_option("--crowd", options.crowd, "instances of the large state; 0 leaves it out");
  app.add_option("--json", options.json_file, "keep the figures in a file");
  app.add_flag("--quick", quick, "small numbers, to see that it works");
  app.add_option("--floor", floor_file, "be the floor and serve this file")->group("");
  CLI11_PARSE(app, argc, argv);
  if (quick) {
    options.seconds = 0.3;
    options.crowd = 3000;
  }
  try {
    if (!floor_file.empty()) {
      std::ifstream file(floor_file);
      serve_floor({std::istreambuf_iterator<char>(file), {}});
    }
    run(options);
  } catch (const std::exception& error) {
    std::cerr << "fogling_bench: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
