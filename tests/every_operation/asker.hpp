#pragma once

/// Asks each operation for the smallest thing that it does: by the model, by the files of `requests/`, and with
/// whatever the request names made before.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/every_operation/requests.hpp"
#include "tests/support/examples.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {

class Asker {
 public:
  Asker();

  /// The operation's smallest request, behind what has to come before it. Throws ApiError where that is refused.
  Parameters request(std::string_view operation);
  /// Its answer; asked once.
  const Document& answer_of(const std::string& operation);
  /// Throws ApiError.
  Document call(std::string_view operation, const Parameters& parameters);
  void settle() { house_.world().run_until_idle(); }

  House& house() { return house_; }
  /// One more of a declared kind. Throws ApiError.
  std::string make(const kinds::Kind& kind) { return examples_.make(kind); }

 private:
  void carry_out(const Step& step);
  Parameters filled_in(const Given& given);
  std::string value_of(const std::string& text);
  /// For a Describe: one of those that its parameter with ids would name.
  void make_what_is_shown(const model::Shape& input, const kinds::Kind* kind);
  void add_required(const model::Shape& shape, const kinds::Kind* kind, const std::string& prefix, int depth,
                    Parameters& out);
  void add_member(const model::Member& member, std::string_view name, const kinds::Kind* kind, const std::string& path,
                  int depth, Parameters& out);
  std::string invent(const model::Shape& shape, std::string_view name, const kinds::Kind* kind);

  House house_;
  Examples examples_;
  std::map<std::string, Document> answers_;
};

/// The declared kind whose ids a member of this name holds; null where the name says nothing.
const kinds::Kind* kind_named(std::string_view member);

}  // namespace fogling::test
