#include "api/sts.hpp"

#include <fmt/format.h>

#include "api/xml.hpp"

namespace fogling::api {
namespace {

constexpr std::string_view kNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";

}  // namespace

bool is_sts(std::string_view action, std::string_view version) {
  return version == "2011-06-15" || action == "GetCallerIdentity";
}

std::string answer_sts(std::string_view action, const state::Scope& scope, std::string_view request_id) {
  if (action != "GetCallerIdentity")
    throw ApiError("InvalidAction", fmt::format("Could not find operation {} for version 2011-06-15", action));
  // Whoever signs is the account itself: there are no users here.
  return fmt::format(
      "<GetCallerIdentityResponse xmlns=\"{0}\"><GetCallerIdentityResult><Arn>arn:aws:iam::{1}:root</Arn>"
      "<UserId>{1}</UserId><Account>{1}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{2}</RequestId>"
      "</ResponseMetadata></GetCallerIdentityResponse>",
      kNamespace, scope.account, request_id);
}

std::string write_sts_error(const ApiError& error, std::string_view request_id) {
  std::string body = fmt::format("<ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type><Code>{}</Code><Message>",
                                 kNamespace, error.status < 500 ? "Sender" : "Receiver", error.code);
  append_escaped(body, error.message);
  body += fmt::format("</Message></Error><RequestId>{}</RequestId></ErrorResponse>", request_id);
  return body;
}

}  // namespace fogling::api
