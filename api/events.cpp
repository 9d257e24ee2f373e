#include "api/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "api/aws_line.hpp"
#include "api/bind.hpp"
#include "fixtures/refusals/refusals.hpp"

namespace fogling::api {
namespace {

constexpr std::uint64_t kUsualPage = 100, kMostOfPage = 1000;

/// What is asked for. Empty texts mean any.
struct Selection {
  std::uint64_t after = 0, limit = kUsualPage;
  std::string account, region, operation, resource, type;

  bool takes(const Event& event) const {
    if (event.type == Event::Type::forgotten) return false;
    const auto is = [](const std::string& wanted, std::string_view given) { return wanted.empty() || wanted == given; };
    if (!is(account, event.account) || !is(region, event.region)) return false;
    if (type == "refusal" && event.code.empty()) return false;
    if (type == "move" && event.type != Event::Type::move) return false;
    if (type == "call" && event.type != Event::Type::call) return false;
    if (!operation.empty() && (event.type != Event::Type::call || event.name != operation)) return false;
    if (resource.empty()) return true;
    const auto ids = ids_of(event);
    return std::ranges::find(ids, resource) != ids.end();
  }
};

std::uint64_t read_number(std::string_view name, std::string_view given) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc() || end != given.data() + given.size() || given.empty())
    throw std::invalid_argument(fmt::format("{} is a number", name));
  return number;
}

Selection read_selection(const Request& request) {
  Selection out;
  Params params;
  const auto mark = request.target.find('?');
  if (mark != std::string_view::npos) params.parse(request.target.substr(mark + 1));
  for (const auto& [name, value] : params.all()) {
    if (name == "after") {
      out.after = read_number(name, value);
    } else if (name == "limit") {
      out.limit = read_number(name, value);
      if (out.limit < 1 || out.limit > kMostOfPage)
        throw std::invalid_argument(fmt::format("limit is a number from 1 to {}", kMostOfPage));
    } else if (name == "account") {
      out.account = value;
    } else if (name == "region") {
      out.region = value;
    } else if (name == "operation") {
      out.operation = value;
    } else if (name == "resource") {
      out.resource = value;
    } else if (name == "type" && (value == "call" || value == "move" || value == "refusal")) {
      out.type = value;
    } else {
      throw std::invalid_argument(
          fmt::format("{}={} means nothing here: after, limit, account, region, operation, resource and "
                      "type=call|move|refusal do",
                      name, value));
    }
  }
  if (!request.last_event_id.empty()) out.after = read_number("Last-Event-ID", request.last_event_id);
  return out;
}

/// The numbers of the next events that are asked for. Where the ring has gone on meanwhile they begin with the oldest.
std::vector<std::uint64_t> select(const Journal& journal, Selection& selection) {
  std::vector<std::uint64_t> numbers;
  std::uint64_t number = std::max(selection.after + 1, journal.oldest());
  for (; number <= journal.newest() && numbers.size() < selection.limit; ++number) {
    if (selection.takes(journal.at(number))) numbers.push_back(number);
  }
  selection.after = std::max(selection.after, number - 1);
  return numbers;
}

Response page(World& world, Selection selection) {
  const auto& journal = world.journal;
  const bool has_missed = selection.after < journal.lost();
  Document events = Document::array();
  for (const auto number : select(journal, selection))
    events.push_back(event_document(journal.at(number), number, world.options.region));
  Response response;
  response.content_type = "application/json";
  response.body = Document{{"events", std::move(events)},
                           {"next", selection.after},  // for `after`
                           {"more", selection.after < journal.newest()},
                           {"missed", has_missed}}
                      .dump(-1, ' ', false, Document::error_handler_t::replace) +
                  "\n";
  return response;
}

/// Server-Sent Events: `id` is the number, by which clients take the stream up again.
Response stream(World& world, Selection selection) {
  Response response;
  response.content_type = "text/event-stream";
  response.body = "retry: 1000\n\n";
  response.stream = [&world, selection]() mutable {
    std::string out;
    for (const auto number : select(world.journal, selection)) {
      const auto& event = world.journal.at(number);
      out += fmt::format(
          "id: {}\nevent: {}\ndata: {}\n\n", number, event.type == Event::Type::call ? "call" : "move",
          event_document(event, number, world.options.region).dump(-1, ' ', false, Document::error_handler_t::replace));
    }
    return out;
  };
  return response;
}

/// As an option of the CLI, for what cannot be said: `--user-data (hidden)`.
std::string hidden_options(const Event& event, const model::Operation& operation) {
  std::string out;
  for (const auto& [name, value] : event.parameters) {
    if (value != kHidden) continue;
    const std::string_view first = std::string_view(name).substr(0, name.find('.'));
    const auto member = std::ranges::find(operation.input->members, first, &model::Member::wire_in);
    if (member == operation.input->members.end()) continue;
    const std::string option = fmt::format(" --{} '{}'", kebab(member->name), kHidden);
    if (out.find(option) == std::string::npos) out += option;
  }
  return out;
}

Document parameters_of(const Event& event) {
  Document out = Document::object();
  for (const auto& [name, value] : event.parameters) out[name] = value;
  return out;
}

void add_call(const Event& event, std::string_view default_region, Document& out) {
  out["operation"] = event.name;
  out["parameters"] = parameters_of(event);
  out["outcome"] = event.code.empty() ? "ok" : event.code;
  if (!event.code.empty()) {
    out["message"] = event.message;
    if (const auto* known = refusals::find(event.code, event.name))
      out["explanation"] = {{"why", (*known)["why"]}, {"next", (*known)["next"]}};
  }
  if (!event.request_id.empty()) {
    out["request_id"] = event.request_id;
    out["took_us"] = event.took_us;
  }
  const auto* operation = model::find_operation(event.name);
  const Document bound = operation == nullptr ? Document() : bound_parameters(event);
  if (bound.is_null()) return;
  const std::string_view region = event.region == default_region ? std::string_view() : std::string_view(event.region);
  out["cli"] = aws_line(*operation, bound, region) + hidden_options(event, *operation);
}

}  // namespace

std::vector<std::string> ids_of(const Event& event) {
  std::vector<std::string> ids;
  const auto add = [&](const std::string& id) {
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  };
  for (const auto& [unused, value] : event.parameters) {
    if (looks_like_id(value)) add(value);
  }
  for (const auto& id : event.resources) add(id);
  return ids;
}

Document bound_parameters(const Event& event) {
  const auto* operation = model::find_operation(event.name);
  if (operation == nullptr) return nullptr;
  Params params;
  for (const auto& [name, value] : event.parameters) {
    if (value != kHidden) params.add(name, value);
  }
  try {
    return bind(params, *operation->input);
  } catch (const ApiError&) {  // that was the refusal
    return nullptr;
  }
}

Document event_document(const Event& event, std::uint64_t number, std::string_view default_region) {
  Document out{{"seq", number},
               {"time", iso_time(event.time_ms)},
               {"account", event.account},
               {"region", event.region},
               {"resources", ids_of(event)}};
  if (event.more > 0) out["more_resources"] = event.more;
  if (event.type == Event::Type::call) {
    out["type"] = "call";
    add_call(event, default_region, out);
  } else {
    out["type"] = "move";
    out["kind"] = event.kind;
    out["move"] = event.name;
  }
  return out;
}

Response answer_events(const Request& request, World& world) {
  const Selection selection = read_selection(request);
  const bool wants_stream = request.accept.find("text/event-stream") != std::string_view::npos;
  return wants_stream ? stream(world, selection) : page(world, selection);
}

}  // namespace fogling::api
