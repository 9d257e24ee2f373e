/// The rules of this folder, held against every operation of the API model; README.md.

#include <fmt/format.h>

#include "fixtures/model/model.hpp"
#include "tests/every_operation/rules.hpp"

namespace fogling::model {

void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }

}  // namespace fogling::model

namespace fogling::test {
namespace {

class EveryOperation : public testing::TestWithParam<model::Operation> {
 protected:
  const model::Operation& operation = *model::find_operation(GetParam().name);

  /// Each on a trial of its own, or all on one where they change nothing.
  void hold(std::span<const Rule> rules, bool on_one = false) {
    std::optional<Trial> trial;
    for (const auto& rule : rules) {
      std::vector<std::string> broken;
      try {
        if (!trial || !on_one) trial.emplace(operation);
        trial->broken.clear();
        rule.check(*trial);
        broken = trial->broken;
      } catch (const std::exception& error) {
        broken = {fmt::format("its smallest request cannot be made: {}", error.what())};
        trial.reset();
      }
      judge(rule, broken);
    }
  }

  void judge(const Rule& rule, const std::vector<std::string>& broken) {
    if (const auto reason = exceptions().reason(rule.name, operation.name); !reason.empty()) {
      EXPECT_FALSE(broken.empty()) << operation.name << " keeps the rule " << rule.name
                                   << " by now: it is no exception any more (" << reason << ")";
      return;
    }
    std::string all;
    for (const auto& each : broken) all += "\n  " + each;
    EXPECT_TRUE(broken.empty()) << "\nBROKEN " << rule.name << " " << operation.name << ": " << rule.sentence << all;
  }

  /// Whether AWS refuses it to an account such as ours, whatever is asked.
  bool is_refused() const { return !requests().of(operation.name).refused_with.empty(); }
};

TEST_P(EveryOperation, Refuses) {
  if (!is_refused()) return hold(rules_of_refusals(), true);
  Trial trial(operation);
  trial.refuses("its smallest request", requests().of(operation.name).refused_with, trial.request());
  EXPECT_TRUE(trial.broken.empty()) << "\nBROKEN refused " << operation.name << ": " << trial.broken.front();
  hold(rules_of_refusals().first(1));
}

TEST_P(EveryOperation, Answers) {
  if (!is_refused()) hold(rules_of_answers());
}

TEST_P(EveryOperation, Lives) {
  if (!is_refused()) hold(rules_of_lives());
}

TEST_P(EveryOperation, Lists) {
  if (!is_refused()) hold(rules_of_lists(), true);
}

INSTANTIATE_TEST_SUITE_P(Api, EveryOperation, testing::ValuesIn(model::operations()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace fogling::test
