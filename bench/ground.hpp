#pragma once

/// What is measured: an emulator of our own with instances in it; and the figures that come of it.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/client.hpp"
#include "bench/process.hpp"

namespace fogling::bench {

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
  void add(const std::string& name, double value, const std::string& unit, const std::string& wanted);
  void save(const std::string& file) const;

 private:
  nlohmann::json figures_ = nlohmann::json::array();
};

std::vector<std::string> all_between(const std::string& text, const std::string& open, const std::string& close);
/// The first one. Throws where there is none.
std::string between(const std::string& text, const std::string& open, const std::string& close);
double median(std::vector<double> values);

/// In memory, or on a file.
class Emulator {
 public:
  Emulator(const Options& options, const std::string& state_file, const std::vector<std::string>& more = {});

  std::string ask(const std::string& form) { return connection_.ask(form); }
  const Process& process() const { return process_; }

 private:
  Process process_;
  boost::asio::io_context io_;
  Connection connection_;
};

/// Where instances are put: subnets with room, made as they are needed.
class Ground {
 public:
  explicit Ground(Emulator& emulator);

  std::string launch_form(int count, const std::string& subnet, const std::string& name) const;
  /// So many new instances; the first one of each thousand is tagged Name=`crowd-N`.
  void launch(int count);
  /// Ids of all of them, looked up a page at a time: so each has been described once.
  std::vector<std::string> ids();
  std::string subnet();

 private:
  Emulator& emulator_;
  std::string image_, subnet_;
  int vpcs_ = 0, in_subnet_ = 0, batches_ = 0;
};

/// Requests for one instance each, chosen at random but the same in every run.
std::function<const std::string&()> by_id(const std::vector<std::string>& ids);
/// The same request again and again.
std::function<const std::string&()> always(std::string request);

}  // namespace fogling::bench
