/// Rules about lists: every documented filter chooses, every page leads to the next.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/registry.hpp"
#include "emulator/resource_types.hpp"
#include "tests/every_operation/listing.hpp"
#include "tests/every_operation/rules.hpp"

namespace fogling::test {
namespace {

/// The first text, number or truth at a path, lists seen through, as a filter would be given it; empty where there is
/// none.
std::string value_at(const Document& document, std::string_view path) {
  if (document.is_array()) {
    for (const auto& each : document) {
      if (auto found = value_at(each, path); !found.empty()) return found;
    }
    return {};
  }
  if (path.empty()) {
    if (document.is_string()) return document;
    return document.is_structured() || document.is_null() ? std::string{} : document.dump();
  }
  const auto dot = path.find('.');
  const auto found = document.find(path.substr(0, dot));
  if (found == document.end()) return {};
  return value_at(*found, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1));
}

bool has_at(const Document& document, std::string_view path, std::string_view value) {
  if (document.is_array()) {
    return std::ranges::any_of(document, [&](const Document& each) { return has_at(each, path, value); });
  }
  if (path.empty()) return value_at(document, path) == value;
  const auto dot = path.find('.');
  const auto found = document.find(path.substr(0, dot));
  return found != document.end() &&
         has_at(*found, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1), value);
}

/// Wildcards in a value mean themselves.
std::string literal(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '*' || c == '?' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void filters(Trial& trial) {
  const auto& operation = trial.operation;
  const auto* member = filters_member(operation);
  if (member == nullptr || operation.filters.empty()) return;
  const std::string path(member->wire_in);
  const auto list = list_of(operation);
  const auto filtered = [&](std::string_view name, const std::string& value) {
    auto request = with(trial.request(), path + ".1.Name", std::string(name));
    return with(std::move(request), path + ".1.Value.1", value);
  };
  trial.refuses("an unknown filter", "InvalidParameterValue|InvalidFilter", filtered("no-such-filter", "x"));
  const auto all = trial.ask(trial.request());
  if (!all || list.empty()) return;
  const auto items = items_at(*all, list);
  if (items.empty()) return trial.is_broken("it lists nothing to filter");
  const auto& row = trial.row();
  const auto* listed = model::find_shape(row.listed);
  for (const auto name : operation.filters) {
    if (name.starts_with("tag:")) continue;
    // Some values have a form: then what is no such value is refused.
    const auto none = trial.try_ask(filtered(name, "no-such-value"));
    if (none && !items_at(*none, list).empty()) {
      trial.is_broken(fmt::format("{}=no-such-value chooses all the same", name));
    }
    const auto where = listed == nullptr ? std::string{} : filter_path(*listed, row.filters, name);
    if (where.empty()) continue;
    const auto value = value_at(items, where);
    if (value.empty() || value.size() > 255) continue;
    const auto some = trial.ask(filtered(name, literal(value)));
    if (!some) continue;
    const auto found = items_at(*some, list);
    if (found.empty()) trial.is_broken(fmt::format("{}={} does not find what has it", name, value));
    for (const auto& each : found) {
      if (!has_at(each, where, value)) trial.is_broken(fmt::format("{}={} finds what has it not", name, value));
    }
  }
}

/// Some lists are of thousands.
constexpr int kMostPages = 20;

/// What is the least that a page may hold: the model says so of some operations only.
std::int64_t least_page(Trial& trial, const model::Member& limit) {
  if (limit.shape->min.value_or(0) > 1) return *limit.shape->min;
  const std::string name(limit.wire_in);
  return trial.try_ask(with(trial.request(), name, "1")) ? 1 : 5;
}

void pages(Trial& trial) {
  const auto& operation = trial.operation;
  const auto* limit = model::find_member(*operation.input, "MaxResults");
  const auto* token = model::find_member(*operation.input, "NextToken");
  if (limit == nullptr || token == nullptr) return;
  const std::string next(token->wire_in), most(limit->wire_in);
  trial.refuses("a wrong token", "InvalidNextToken|InvalidParameterValue|InvalidPaginationToken",
                with(trial.request(), next, "no-such-token"));
  const auto list = list_of(operation);
  const auto least = least_page(trial, *limit);
  // More than one page: as many as can be made of a declared kind.
  if (const auto* kind = trial.row().kind; kind != nullptr && !kind->examples.empty()) {
    try {
      for (std::int64_t i = 0; i < std::min<std::int64_t>(least, 10); ++i) trial.asker().make(*kind);
    } catch (const ApiError&) {  // one more is not to be had
    }
    trial.asker().settle();
  }
  const auto all = trial.ask(trial.request());
  if (!all || list.empty()) return;
  const auto wanted = items_at(*all, list);
  Document found = Document::array();
  auto page = with(trial.request(), most, std::to_string(least));
  bool is_last = false;
  for (int count = 0; count < kMostPages && !is_last; ++count) {
    const auto answer = trial.ask(page);
    if (!answer) return;
    const auto items = items_at(*answer, list);
    if (static_cast<std::int64_t>(items.size()) > least) {
      trial.is_broken(fmt::format("{} in a page of {}", items.size(), least));
    }
    for (const auto& each : items) found.push_back(each);
    const auto token_now = text(*answer, "NextToken");
    is_last = token_now.empty();
    page = with(std::move(page), next, std::string(token_now));
  }
  if (!text(*all, "NextToken").empty()) return;
  const bool is_part = found.size() <= wanted.size() && std::equal(found.begin(), found.end(), wanted.begin());
  if (!is_part || (is_last && found.size() != wanted.size())) {
    trial.is_broken(fmt::format("pages hold {} of {}, or others", found.size(), wanted.size()));
  }
}

void answers_an_empty_account(Trial& trial) {
  const auto& operation = trial.operation;
  const bool needs_something = std::ranges::any_of(operation.input->members, &model::Member::required);
  if (needs_something || !(operation.name.starts_with("Describe") || operation.name.starts_with("List"))) return;
  House house(options("settle"));
  try {
    house.call(operation.name, {});
  } catch (const ApiError& error) {
    trial.is_broken(fmt::format("{}: {}", error.code, error.message));
  }
}

constexpr Rule kRules[] = {
    {"empty-account", "a Describe or List that needs no parameter is answered to an account that has nothing",
     answers_an_empty_account},
    {"filters", "every documented filter chooses by what it names, and no other is taken", filters},
    {"pages", "pages of the least size make up the whole, and a token that is none is refused", pages},
};

}  // namespace

std::span<const Rule> rules_of_lists() { return kRules; }

}  // namespace fogling::test
