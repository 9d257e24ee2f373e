#pragma once

/// One operation on trial: a house of its own in which its smallest request can be answered.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "tests/every_operation/asker.hpp"
#include "tests/simulation/digest.hpp"

namespace fogling::test {

class Trial {
 public:
  explicit Trial(const model::Operation& operation);

  const model::Operation& operation;
  /// What of the rules does not hold, a sentence each.
  std::vector<std::string> broken;
  void is_broken(std::string how) { broken.push_back(std::move(how)); }

  /// The smallest request.
  const Parameters& request() const { return request_; }
  /// Throws std::logic_error where nobody has built it.
  const fogling::Operation& row();
  House& house() { return asker_->house(); }
  Asker& asker() { return *asker_; }
  /// Everything anew, after something has been changed.
  void begin_anew();

  /// The answer, or none where it is refused.
  std::optional<Document> try_ask(const Parameters& parameters);
  /// The same; a refusal is noted as broken.
  std::optional<Document> ask(const Parameters& parameters) { return ask(operation.name, parameters); }
  std::optional<Document> ask(std::string_view other, const Parameters& parameters);
  /// The request is to be refused with one of the codes, separated by `|` (none: any), and to change nothing.
  void refuses(const std::string& what, std::string_view codes, const Parameters& parameters);
  /// The code of the last refusal that was wanted.
  const std::string& last_refusal() const { return last_refusal_; }

  simulation::Digest digest();
  /// What has changed since, but for what is kept of client tokens.
  std::string changed_since(const simulation::Digest& before);

 private:
  /// Code and words; empty where it is answered.
  std::string refusal_of(const Parameters& parameters);

  std::optional<Asker> asker_;
  Parameters request_;
  std::string last_refusal_;
  std::optional<simulation::Digest> digest_;  ///< of now, where it is known
};

/// `VpcId=vpc-1 CidrBlock=10.0.0.0/16`
std::string shown(const Parameters& parameters);
/// The same without the parameter at this path and all below it.
Parameters without(const Parameters& parameters, std::string_view path);
Parameters with(Parameters parameters, std::string name, std::string value);
/// The input's member at the path of a parameter, lists seen through; null where there is none.
const model::Member* member_at(const model::Shape& input, std::string_view path);

}  // namespace fogling::test
