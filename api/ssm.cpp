#include "api/ssm.hpp"

#include <fmt/format.h>

#include <charconv>

#include "api/cloudtrail.hpp"
#include "api/sigv4.hpp"
#include "emulator/encoding.hpp"
#include "emulator/random.hpp"

namespace fogling::api {
namespace {

Document describe(const catalogue::Parameter& parameter) {
  return {{"Name", parameter.name},
          {"Type", parameter.type},
          {"Value", parameter.value},
          {"Version", parameter.version},
          {"LastModifiedDate", static_cast<double>(parse_time(parameter.last_modified)) / 1000.0},
          {"ARN", parameter.arn},
          {"DataType", parameter.data_type}};
}

/// A parameter by its name or ARN, of a version where the name ends in `:7`; nothing where there is none of that name.
/// The answer tells the version asked for as the selector. Labels are not for public parameters.
std::optional<Document> find_parameter(std::string_view region, std::string_view asked) {
  const auto prefix = fmt::format("arn:aws:ssm:{}::parameter", region);
  if (asked.starts_with(prefix)) asked.remove_prefix(prefix.size());
  const auto colon = asked.find(':');
  const auto parameter = catalogue::find_parameter(region, asked.substr(0, colon));
  if (!parameter) return std::nullopt;
  Document found = describe(*parameter);
  if (colon == std::string_view::npos) return found;
  if (asked.substr(colon + 1) != std::to_string(parameter->version)) {
    throw ApiError("ParameterVersionNotFound",
                   fmt::format("Systems Manager could not find version {} of {}. Verify the version and try again.",
                               asked.substr(colon + 1), asked.substr(0, colon)));  // Assumed: the words
  }
  found["Selector"] = asked.substr(colon);
  return found;
}

ApiError missing(std::string_view member) {
  return {
      "ValidationException",
      fmt::format("1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be "
                  "null",
                  member)};
}

Document GetParameter(const Document& in, std::string_view region) {
  if (text(in, "Name").empty()) throw missing("name");
  auto parameter = find_parameter(region, text(in, "Name"));
  if (!parameter) throw ApiError("ParameterNotFound", "");
  return {{"Parameter", *std::move(parameter)}};
}

Document GetParameters(const Document& in, std::string_view region) {
  const auto& names = items(in, "Names");
  if (names.empty() || names.size() > 10) {
    throw ApiError("ValidationException",
                   "1 validation error detected: Value at 'names' failed to satisfy constraint: "
                   "Member must have length between 1 and 10");
  }
  Document found = Document::array(), invalid = Document::array();
  for (const auto& each : names) {
    if (!each.is_string()) throw ApiError("SerializationException", "Names is a list of texts");
    std::optional<Document> parameter;
    try {
      parameter = find_parameter(region, each.get<std::string>());
    } catch (const ApiError&) {  // a version that is not there is one of the invalid ones here
    }
    if (parameter) {
      found.push_back(*std::move(parameter));
    } else {
      invalid.push_back(each);
    }
  }
  return {{"Parameters", found}, {"InvalidParameters", invalid}};
}

Document GetParametersByPath(const Document& in, std::string_view region) {
  const auto path = text(in, "Path");
  if (!path.starts_with('/')) {
    throw ApiError("ValidationException",
                   "The parameter doesn't meet the parameter name requirements. The parameter name "
                   "must begin with a forward slash \"/\".");
  }
  const auto most = integer(in, "MaxResults").value_or(10);
  if (most < 1 || most > 10) {
    throw ApiError("ValidationException",
                   fmt::format("1 validation error detected: Value '{}' at 'maxResults' failed to "
                               "satisfy constraint: Member must have value between 1 and 10",
                               most));
  }
  std::size_t first = 0;
  if (const auto token = text(in, "NextToken"); !token.empty()) {
    const auto place = base64_decode(token);
    const auto invalid = ApiError("InvalidNextToken", "The specified token is not valid.");
    if (!place) throw invalid;
    const auto [end, error] = std::from_chars(place->data(), place->data() + place->size(), first);
    if (error != std::errc() || end != place->data() + place->size()) throw invalid;
  }
  const auto depth = flag(in, "Recursive").value_or(false) ? catalogue::Depth::recursive : catalogue::Depth::one_level;
  const auto all = catalogue::parameters_by_path(region, path, depth);
  Document page = Document::array();
  const std::size_t end = std::min(all.size(), first + static_cast<std::size_t>(most));
  for (std::size_t i = first; i < end; ++i) page.push_back(describe(all[i]));
  Document answer{{"Parameters", page}};
  if (end < all.size()) answer["NextToken"] = base64_encode(std::to_string(end));
  return answer;
}

Document perform(std::string_view target, const Document& in, std::string_view region) {
  if (target == "AmazonSSM.GetParameter") return GetParameter(in, region);
  if (target == "AmazonSSM.GetParameters") return GetParameters(in, region);
  if (target == "AmazonSSM.GetParametersByPath") return GetParametersByPath(in, region);
  throw ApiError("UnknownOperationException",
                 fmt::format("fogling answers the public parameters only, not {}", target));
}

}  // namespace

Response answer_json(const Request& request, World& world) {
  Response response;
  response.content_type = "application/x-amz-json-1.1";
  response.request_id = make_uuid(world.random);
  const auto scope = read_scope(request, {}, {world.options.account, world.options.region});
  try {
    const Document in = request.body.empty() ? Document::object() : Document::parse(request.body, nullptr, false);
    if (!in.is_object()) throw ApiError("SerializationException", "the body is not a JSON object");
    response.body = (is_cloudtrail(request.amz_target) ? lookup_events(in, world.journal, scope)
                                                       : perform(request.amz_target, in, scope.region))
                        .dump(-1, ' ', false, Document::error_handler_t::replace);
  } catch (const ApiError& error) {
    response.status = error.status;
    Document body{{"__type", error.code}};
    if (!error.message.empty()) body["message"] = error.message;
    // The message may quote a header, which can be any bytes.
    response.body = body.dump(-1, ' ', false, Document::error_handler_t::replace);
  }
  return response;
}

}  // namespace fogling::api
