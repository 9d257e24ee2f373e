/// Prints what the emulator costs as ratios to a bare Beast server that answers the same bytes in the same run.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>

#include "bench/client.hpp"
#include "bench/floor.hpp"
#include "bench/ground.hpp"
#include "bench/reachability.hpp"

namespace fogling::bench {
namespace {

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

Speed typical(const std::vector<Speed>& speeds) {
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
  return {typical(ours), typical(theirs)};
}

void report_comparison(Report& report, const std::string& name, const Comparison& found, const std::string& wanted) {
  report.add(name, found.ours.calls_per_s, "calls/s", "");
  report.add(name + ", ratio to the floor", found.ours.calls_per_s / found.floor.calls_per_s, "of the floor", wanted);
  report.add(name + ", processor time", found.ours.cpu_us, "us/call", "");
  report.add(name + ", ratio of processor time", found.floor.cpu_us / found.ours.cpu_us, "of the floor", wanted);
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
                    compare(options, emulator, emulator.ask(page), always(request_of(page))), "wanted: 0.10");

  const Speed launches =
      measure(emulator.process(), options.seconds, always(request_of(ground.launch_form(1, ground.subnet(), {}))));
  report.add(place + ": RunInstances of one", launches.calls_per_s, "calls/s", "wanted: 5000");
  report.add(place + ": RunInstances of one, processor time", launches.cpu_us, "us/call", "wanted: 200");
}

/// What it costs to remember every call: the same one, where it is remembered and where it is not.
void journal(const Options& options, Report& report) {
  Emulator with(options, {}), without(options, {}, {"--journal", "0"});
  Ground here(with), there(without);
  for (auto* ground : {&here, &there}) ground->launch(1000);
  const auto asked_here = by_id(here.ids()), asked_there = by_id(there.ids());
  std::vector<double> on, off;
  for (int round = 0; round < 2 * options.rounds; ++round) {
    on.push_back(measure(with.process(), options.seconds / options.rounds, asked_here).cpu_us);
    off.push_back(measure(without.process(), options.seconds / options.rounds, asked_there).cpu_us);
  }
  report.add("memory: by id without a journal, processor time", median(off), "us/call", "");
  report.add("memory: by id, ratio of processor time with a journal to without", median(on) / median(off), "times", "");
}

/// Processor time of one call, in microseconds.
struct Costs {
  double by_id = 0, by_tag = 0;
};

Costs describe_costs(const Options& options, Emulator& emulator, const std::vector<std::string>& ids) {
  const auto tagged = always(request_of("Action=DescribeInstances&Filter.1.Name=tag:Name&Filter.1.Value.1=crowd-0"));
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
  journal(options, report);
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
