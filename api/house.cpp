#include "api/house.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "api/bind.hpp"
#include "api/control.hpp"
#include "api/sigv4.hpp"
#include "api/ssm.hpp"
#include "api/sts.hpp"
#include "emulator/encoding.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/random.hpp"
#include "emulator/tags.hpp"

namespace fogling {
namespace {

/// Room that is made for an answer and for each resource that it shows: a page of a thousand would move ten times while
/// it grows.
constexpr std::size_t kUsualAnswerBytes = 4096, kUsualItemBytes = 2560;

/// The name of the member that holds the client's idempotency token; empty where the operation has none.
std::string_view token_member(const model::Operation& operation) {
  for (const auto& member : operation.input->members) {
    if (member.idempotency_token || member.name == "ClientToken") return member.name;
  }
  return {};
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

/// What has to be the same when a token is: everything but the token itself.
std::string fingerprint(const Document& in, std::string_view token_member) {
  Document rest = in;
  rest.erase(std::string(token_member));
  rest.erase("DryRun");
  return sha256_hex(rest.dump(-1, ' ', false, Document::error_handler_t::replace));
}

/// Versions that EC2 still answers look like dates between its birth and today's API.
void check_version(std::string_view version) {
  const bool looks_like_one = version.size() == 10 && version[4] == '-' && version[7] == '-';
  if (version.empty() || (looks_like_one && version >= "2006-06-26" && version <= model::api_version())) return;
  throw ApiError("NoSuchVersion",
                 fmt::format("The requested version ({}) is not valid.", version));  // Assumed: the words
}

ApiError token_mismatch(std::string_view operation, std::string_view token) {
  // Recorded for interfaces and launch templates; the others' words are told by many users.
  if (operation == "CreateNetworkInterface") {
    return {"IdempotentParameterMismatch", fmt::format("Wrong arguments for token: {}", token)};
  }
  return {"IdempotentParameterMismatch",
          operation == "CreateLaunchTemplate" || operation == "CreateLaunchTemplateVersion"
              ? "Client token already used before."
              : "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."};
}

}  // namespace

House::House(HouseOptions options) : world_(std::move(options)) {}

void House::settle_due() {
  if (world_.schedule.is_surely_idle(world_.clock)) return;
  Transaction txn(world_.database, Access::write);
  if (!world_.schedule.is_due(txn, world_.clock)) return;
  settle(world_, txn);
  world_.conclude(txn);
}

void House::forget_touched() {
  for (const auto& id : world_.database.take_touched()) {
    if (id == "*") {
      fragments_.clear();
    } else {
      fragments_.drop(id);
    }
  }
}

std::string House::perform(std::string_view action, const api::Params& params, const state::Scope& scope,
                           const Write& write) {
  const auto* operation = model::find_operation(action);
  if (operation == nullptr) {
    throw ApiError("InvalidAction", fmt::format("The action {} is not valid for this web service.", action));
  }
  const auto* row = world_.registry.find(action);
  const Document in = api::bind(params, *operation->input);
  const bool is_dry_run = flag(in, "DryRun").value_or(false);
  if (row == nullptr) throw errors::not_built(action);
  if (is_dry_run && row->dry_run == DryRun::first) throw errors::dry_run();
  if (!is_dry_run || row->dry_run == DryRun::first) api::validate(in, *operation);

  if (row->access == Access::write) join_turn();
  world_.enter(scope);
  settle_due();
  forget_touched();

  // Recorded: in a dry run filters, tags and tokens are judged by no operation.
  const Filters filters = is_dry_run ? Filters() : Filters(in, *operation, row->listed, row->filters);
  const bool has_token = row->access == Access::write && !is_dry_run;
  const std::string_view token_name = has_token ? token_member(*operation) : std::string_view{};
  const std::string token = token_name.empty() ? std::string{} : trimmed(text(in, token_name));

  std::string body;
  std::vector<std::string> looked_at;
  world_.journal.begin_call();
  try {
    Transaction txn(world_.database, row->access);
    Call call{{world_, txn, scope, world_.clock.now_ms()}, *operation, in, filters, is_dry_run};
    call.kind = row->kind;
    if (!is_dry_run) call.tags = read_tag_specifications(in, *operation);
    std::string parameters;
    if (!token.empty()) {
      const std::size_t longest = action.starts_with("CreateLaunchTemplate") ? 128 : 64;
      const bool has_limit = action != "CreateNetworkInterface";  // recorded: there any length is taken
      if (has_limit && token.size() > longest) {
        throw errors::invalid_parameter_value(
            fmt::format("Client token must be less than or equal to {} characters", longest));
      }
      parameters = fingerprint(in, token_name);
      if (const auto before = state::find_client_token(txn, scope, action, token)) {
        if (before->parameters != parameters) throw token_mismatch(action, token);
        const Document remembered = Document::parse(before->answer);
        const Document again = row->replay != nullptr ? row->replay(call, remembered) : remembered;
        body = write(call, again);
        if (world_.journal.is_on()) add_ids(again, event_);
        txn.commit();
        return body;
      }
    }
    const Document answer = row->run(call);
    if (row->access == Access::write && world_.journal.is_on()) add_ids(answer, event_);
    body = write(call, answer);
    if (!token.empty()) {
      state::add_client_token(txn, scope, action, token,
                              {parameters, (call.remember.is_null() ? answer : call.remember).dump()}, call.now_ms);
    }
    if (row->access == Access::write) {
      world_.conclude(txn);
    } else {
      txn.commit();
    }
    looked_at = std::move(call.looked_at);
  } catch (...) {
    if (row->access == Access::write) {
      world_.schedule.forget();
      forget_touched();
    }
    throw;
  }
  forget_touched();
  if (world_.clock.mode() == ClockMode::poll && !looked_at.empty()) {
    Transaction txn(world_.database, Access::write);
    step(world_, txn, looked_at);
    world_.conclude(txn);
    forget_touched();
  }
  if (row->access == Access::read && world_.journal.is_on()) add_ids(std::move(looked_at), event_);
  return body;
}

void House::record(std::string_view action, api::Params& params, const state::Scope& scope, const ApiError* refusal) {
  if (!world_.journal.is_on()) return;
  event_.name = action;
  event_.time_ms = world_.clock.now_ms();
  event_.account = scope.account;
  event_.region = scope.region;
  if (refusal != nullptr) {
    event_.code = refusal->code;
    event_.message = refusal->message;
    event_.resources.clear();  // what it was about to make has never been
    event_.more = 0;
  }
  event_.parameters = params.take();
  keep_no_secrets(event_.name, event_.parameters);
  world_.journal.add_call(std::move(event_));
  event_ = {};
}

std::string House::perform_observed(std::string_view action, const api::Params& params, const state::Scope& scope,
                                    const Write& write) {
  const auto& observe = world_.options.observe;
  if (!observe) return perform(action, params, scope, write);
  try {
    return perform(action, params, scope, [&](const Call& call, const Document& answer) {
      observe(call.operation, api::resolve(answer, call.operation.output, call.describe), {});
      return write(call, answer);
    });
  } catch (const ApiError& error) {
    if (const auto* operation = model::find_operation(action)) observe(*operation, nullptr, error.code);
    throw;
  }
}

api::Response House::answer_query(const api::Request& request) {
  api::Params params;
  const auto question = request.target.find('?');
  if (question != std::string_view::npos) params.parse(request.target.substr(question + 1));
  const bool is_form =
      request.content_type.empty() || request.content_type.find("form-urlencoded") != std::string_view::npos;
  if (request.method == "POST" && is_form) {
    params.parse(request.body);
  } else {
    params.set_repeated(api::Params::Repeated::first_wins);
  }
  const state::Scope scope = api::read_scope(request, params, {world_.options.account, world_.options.region});
  const std::string_view action = params.get("Action");
  const bool is_sts = api::is_sts(action, params.get("Version"));

  api::Response response;
  response.request_id = make_uuid(world_.random);
  const auto started = std::chrono::steady_clock::now();
  std::optional<ApiError> refusal;
  try {
    for (const std::string_view said : {action, params.get("Version")}) api::check_text(said);
    if (is_sts) {
      response.body = api::answer_sts(action, scope, response.request_id);
    } else {
      if (action.empty()) throw ApiError("MissingAction", "The request must contain the parameter Action");
      check_version(params.get("Version"));
      response.body = perform_observed(action, params, scope, [&](const Call& call, const Document& answer) {
        return api::write_answer(call.operation, response.request_id, answer, call.describe, &fragments_,
                                 kUsualAnswerBytes + call.looked_at.size() * kUsualItemBytes);
      });
    }
  } catch (const ApiError& error) {
    refusal = error;
  } catch (const std::exception& error) {
    // A fault of ours. Nothing was committed; EC2's own word for it.
    spdlog::error("{} failed: {}", action, error.what());
    refusal.emplace("InternalError", "An internal error has occurred", 500);
  }
  if (refusal) {
    response.status = refusal->status;
    response.body =
        is_sts ? api::write_sts_error(*refusal, response.request_id) : api::write_error(*refusal, response.request_id);
  }
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - started;
  spdlog::info("{} {} {} {} {:.0f} us", scope.account, scope.region, action, refusal ? refusal->code : "ok",
               took.count());
  event_.request_id = response.request_id;
  event_.took_us = static_cast<std::int64_t>(took.count());
  record(std::string(action), params, scope, refusal ? &*refusal : nullptr);
  return response;
}

api::Response House::handle(const api::Request& request) {
  end_turn();
  return answer(request);
}

api::Response House::answer(const api::Request& request) {
  try {
    const bool is_query = !request.target.starts_with("/_sim/") && request.amz_target.empty();
    if (!is_query) end_turn();
    if (request.target.starts_with("/_sim/")) {
      auto response = api::answer_control(request, world_);
      forget_touched();
      return response;
    }
    if (!request.amz_target.empty()) return api::answer_json(request, world_);
    if (request.method == "OPTIONS") {
      api::Response response;
      response.body.clear();
      return response;
    }
    return answer_query(request);
  } catch (const std::exception& error) {
    spdlog::error("{} {} failed: {}", request.method, request.target, error.what());
    api::Response response;
    response.status = 500;
    response.body = api::write_error({"InternalError", "An internal error has occurred", 500}, {});
    return response;
  }
}

Document House::call(std::string_view action, const std::vector<std::pair<std::string, std::string>>& parameters,
                     const std::optional<state::Scope>& scope) {
  end_turn();
  api::Params params;
  for (const auto& [name, value] : parameters) params.add(name, value);
  const state::Scope of = scope.value_or(state::Scope{world_.options.account, world_.options.region});
  Document result;
  try {
    perform_observed(action, params, of, [&](const Call& call, const Document& answer) {
      // Writing it as well holds every answer of every test against the model.
      api::write_answer(call.operation, {}, answer, call.describe, nullptr);
      result = api::resolve(answer, call.operation.output, call.describe);
      return std::string{};
    });
  } catch (const ApiError& error) {
    record(action, params, of, &error);
    throw;
  }
  record(action, params, of, nullptr);
  return result;
}

}  // namespace fogling
