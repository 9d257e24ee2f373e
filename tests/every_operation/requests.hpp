#pragma once

/// What the model does not say of an operation's smallest request: the files of `requests/`, read.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogling::test {

/// Parameters by their names on the wire; values may be `$vpc` or `$AttachVolume.VolumeId` (README.md).
using Given = std::vector<std::pair<std::string, std::string>>;

/// Something that has to have happened before: a call, or time that passes.
struct Step {
  std::string operation;
  Given parameters;          ///< none: the operation's own smallest request
  std::string account = {};  ///< who calls; empty: the account that asks
  std::int64_t wait_s = 0;   ///< in place of a call
};

struct SmallestRequest {
  Given parameters;
  std::vector<Step> before;
  std::string refused_with;  ///< the code, where AWS refuses it to an account such as ours
  std::string reason;        ///< why it does: coverage_test.py shows it
};

class Requests {
 public:
  /// Throws std::runtime_error with the line that cannot be read.
  void read(std::string_view text);

  /// An empty one where the model says everything.
  const SmallestRequest& of(std::string_view operation) const;
  /// What a member of this name holds wherever it is required; null where nothing is said.
  const std::string* usual(std::string_view member) const;

 private:
  void read_line(std::string_view line);

  std::map<std::string, SmallestRequest, std::less<>> requests_;
  std::map<std::string, std::string, std::less<>> usual_;
  SmallestRequest* current_ = nullptr;
};

/// All files of `requests/`, read once.
const Requests& requests();

/// Rules that an operation is known not to keep, with the reason: `exceptions.txt`.
class Exceptions {
 public:
  explicit Exceptions(std::string_view text);
  /// Why the operation breaks the rule in this way; empty where it should not. An exception for one parameter
  /// (`DetachInternetGateway.VpcId`) is for what is broken about that one.
  std::string_view reason(std::string_view rule, std::string_view operation, std::string_view broken) const;
  /// All of an operation's for a rule, as they are written.
  std::vector<std::string> of(std::string_view rule, std::string_view operation) const;
  const std::set<std::string>& rules() const { return rules_; }

 private:
  std::map<std::pair<std::string, std::string>, std::string, std::less<>> reasons_;  ///< by rule and what is excepted
  std::set<std::string> rules_;
};

const Exceptions& exceptions();

}  // namespace fogling::test
