#pragma once

/// Requests of the program itself to a server's own endpoints.

#include <functional>
#include <string>
#include <string_view>

namespace fogling::cli {

struct Reply {
  int status = 0;
  std::string body;
};

/// Throws std::runtime_error with a sentence for a person where nobody answers, or nothing that looks like HTTP.
Reply ask(const std::string& endpoint, std::string_view method, std::string_view path, std::string_view body = {});

/// Reads a stream of Server-Sent Events and hands on the data of each, until the server ends it. Throws as `ask` does.
void follow(const std::string& endpoint, std::string_view path, const std::function<void(const std::string&)>& take);

}  // namespace fogling::cli
