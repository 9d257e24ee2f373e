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

  enum class Trials : std::uint8_t { one_each, one_for_all };

  void hold(std::span<const Rule> rules, Trials trials) {
    std::optional<Trial> trial;
    for (const auto& rule : rules) {
      if (is_refused() && !rule.is_of_form) continue;
      try {
        if (!trial || trials == Trials::one_each) trial.emplace(operation);
        trial->broken.clear();
        rule.check(*trial);
        judge(rule, trial->broken);
      } catch (const std::exception& error) {
        ADD_FAILURE() << "\nBROKEN " << rule.name << " " << operation.name << ": it cannot be tried\n  "
                      << error.what();
        trial.reset();
      }
    }
  }

  void judge(const Rule& rule, const std::vector<std::string>& broken) {
    auto not_needed = exceptions().of(rule.name, operation.name);
    std::string all;
    for (const auto& each : broken) {
      if (exceptions().reason(rule.name, operation.name, each).empty()) all += "\n  " + each;
      std::erase_if(not_needed, [&](const std::string& exception) {
        const auto dot = exception.find('.');
        return dot == std::string::npos || each.starts_with(exception.substr(dot + 1));
      });
    }
    EXPECT_TRUE(all.empty()) << "\nBROKEN " << rule.name << " " << operation.name << ": " << rule.sentence << all;
    EXPECT_TRUE(not_needed.empty()) << not_needed.front() << " keeps the rule " << rule.name
                                    << " by now: it is no exception any more";
  }

  /// Whether AWS refuses it to an account such as ours, whatever is asked.
  bool is_refused() const { return !requests().of(operation.name).refused_with.empty(); }
};

TEST_P(EveryOperation, Refuses) {
  hold(rules_of_refusals(), Trials::one_for_all);
  if (!is_refused()) return;
  Trial trial(operation);
  trial.refuses("its smallest request", requests().of(operation.name).refused_with, trial.request());
  EXPECT_TRUE(trial.broken.empty()) << "\nBROKEN refused " << operation.name << ": " << trial.broken.front();
}

TEST_P(EveryOperation, Answers) { hold(rules_of_answers(), Trials::one_each); }

TEST_P(EveryOperation, Lives) { hold(rules_of_lives(), Trials::one_each); }

TEST_P(EveryOperation, Lists) { hold(rules_of_lists(), Trials::one_for_all); }

TEST(Exceptions, AreForRulesThatThereAre) {
  std::set<std::string> known;
  for (const auto rules : {rules_of_refusals(), rules_of_answers(), rules_of_lives(), rules_of_lists()}) {
    for (const auto& rule : rules) known.emplace(rule.name);
  }
  for (const auto& rule : exceptions().rules()) EXPECT_TRUE(known.contains(rule)) << rule;
}

INSTANTIATE_TEST_SUITE_P(Api, EveryOperation, testing::ValuesIn(model::operations()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace fogling::test
