#include "api/sts.hpp"

#include <fmt/format.h>

#include "api/xml.hpp"

namespace fogling::api {

bool is_sts(std::string_view action, std::string_view version) {
  return version == "2011-06-15" || action == "GetCallerIdentity";
}

void answer_sts(std::string_view action, const state::Scope& scope, Response& response) {
  constexpr std::string_view kNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
  if (action != "GetCallerIdentity") {
    response.status = 400;
    response.body = fmt::format(
        "<ErrorResponse xmlns=\"{}\"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>", kNamespace);
    append_escaped(response.body, fmt::format("Could not find operation {} for version 2011-06-15", action));
    response.body += fmt::format("</Message></Error><RequestId>{}</RequestId></ErrorResponse>", response.request_id);
    return;
  }
  // Whoever signs is the account itself: there are no users here.
  response.body = fmt::format(
      "<GetCallerIdentityResponse xmlns=\"{0}\"><GetCallerIdentityResult><Arn>arn:aws:iam::{1}:root</Arn>"
      "<UserId>{1}</UserId><Account>{1}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{2}</RequestId>"
      "</ResponseMetadata></GetCallerIdentityResponse>",
      kNamespace, scope.account, response.request_id);
}

}  // namespace fogling::api
