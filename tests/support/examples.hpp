#pragma once

/// Resources for tests that run over declared kinds: `$vpc` in an example stands for one that is made when it is
/// needed.

#include <map>
#include <string>
#include <string_view>

#include "fixtures/kinds/kinds.hpp"
#include "tests/support/house.hpp"

namespace fogling::test {

class Examples {
 public:
  using Call = std::function<Document(std::string_view action, const Parameters&)>;

  explicit Examples(Call call) : call_(std::move(call)) {}

  /// An example's parameters with ids in place of `$kind`. `$kind#2` is a second one.
  Parameters filled_in(const kinds::Example& example);
  /// The id of a resource of this type; made by its example when there is none yet.
  const std::string& id_of(const std::string& type);
  /// Makes one more of a declared kind; answers its id. Throws ApiError.
  std::string make(const kinds::Kind& kind);

 private:
  std::string make_hero(std::string_view type);

  Call call_;
  std::map<std::string, std::string> ids_;
};

/// The text of the first member of this name anywhere in a document; empty where there is none.
std::string find_text(const Document& document, std::string_view member);

}  // namespace fogling::test
