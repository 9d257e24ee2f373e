#pragma once

/// What the rest of the house knows of HTTP: a request read in full and an answer to write. The server owns sockets,
/// keep-alive and limits; everything behind `Handler` is synchronous, short and single-threaded.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogling::api {

/// Views into the connection's buffers, valid during one Handler call and until its answer is concluded.
struct Request {
  std::string_view method;  ///< "POST"
  std::string_view target;  ///< as sent: "/?Action=DescribeRegions"
  std::string_view body;
  std::string_view host;           ///< Host header, or empty
  std::string_view origin;         ///< Origin header, or empty
  std::string_view authorization;  ///< Authorization header, or empty
  std::string_view content_type;
  std::string_view amz_target;     ///< X-Amz-Target of the JSON protocol (ssm, cloudtrail), or empty
  std::string_view accept;         ///< Accept header, or empty
  std::string_view last_event_id;  ///< Last-Event-ID of a stream that is taken up again, or empty
};

struct Response {
  unsigned status = 200;
  std::string_view content_type = "text/xml;charset=UTF-8";  ///< a literal
  std::string body;
  std::string request_id;  ///< written as x-amzn-requestid unless empty
  bool close = false;      ///< end the connection after this answer
  /// Where set, what it answers follows the body, for as long as the client stays. It is asked again and again, and
  /// answers nothing where there is nothing new.
  std::function<std::string()> stream = {};
  /// Where set, the answer may not be sent before this has been called, at the end of the turn of the event loop; it
  /// may be another one afterwards.
  std::function<void(Response&)> conclude = {};
};

using Handler = std::function<Response(const Request&)>;

}  // namespace fogling::api
