#pragma once

/// Makes calls: from recipes, from the examples of declared kinds, or from nothing but the API model; now and then
/// spoilt.

#include <string>
#include <utility>
#include <vector>

#include "fixtures/model/model.hpp"
#include "state/database.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/known.hpp"
#include "tests/simulation/recipes.hpp"

namespace fogling::simulation {

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Call {
  std::string operation;
  Parameters parameters;
  state::Scope scope;

  /// Empty where it is not there.
  std::string_view value(std::string_view name) const;
  std::string text() const;  ///< `RunInstances ImageId=ami-... MinCount=1`
  std::string form() const;  ///< the body of the request
};

class Maker {
 public:
  /// `operations` are those that are built; each without a recipe is called by what the model says of it.
  Maker(Dice& dice, std::vector<std::string> operations);

  Call sensible(const Known& known, const state::Scope& scope);
  /// The same, but one thing about it is wrong, odd or more than was asked.
  Call spoilt(const Known& known, const state::Scope& scope);

 private:
  struct Parameter {
    std::string name, value;
    bool is_optional = false;
    bool is_literal = false;
  };
  struct Pattern {
    std::string operation;
    unsigned weight;
    std::vector<Parameter> parameters;
  };

  void add(Pattern pattern);
  Call any(const Known& known, const state::Scope& scope);
  std::string value(const Known& known, const state::Scope& scope, std::string_view text);
  std::string named(const Known& known, const state::Scope& scope, std::string_view what);
  Parameters fill(const Known& known, const state::Scope& scope, const Pattern& pattern);
  void invent(const Known& known, const state::Scope& scope, const model::Shape& shape, const std::string& prefix,
              int depth, Parameters& out);
  void invent_member(const Known& known, const state::Scope& scope, const model::Member& member,
                     const std::string& path, int depth, Parameters& out);
  std::string invent_scalar(const Known& known, const state::Scope& scope, const model::Member& member);
  std::string nonsense(const Known& known, const state::Scope& scope, std::string_view instead_of);

  Dice& dice_;
  std::vector<Pattern> patterns_;
  std::vector<std::string> without_recipe_;
  bool is_missing_ = false;  ///< the last call names something that is not there
  std::uint64_t weight_ = 0;
  std::int64_t names_ = 0;
};

}  // namespace fogling::simulation
