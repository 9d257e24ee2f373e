#pragma once

/// EC2's own errors: code, exact words, status. An ApiError ends the request, rolls everything back, and is written as
/// EC2's envelope in one place.

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace fogling {

struct ApiError : std::exception {
  ApiError(std::string code_, std::string message_, unsigned status_ = 400)
      : code(std::move(code_)), message(std::move(message_)), status(status_) {}
  const char* what() const noexcept override { return message.c_str(); }

  std::string code, message;
  unsigned status;
};

namespace errors {

ApiError missing_parameter(std::string_view name);
ApiError unknown_parameter(std::string_view leaf);
ApiError invalid_parameter_value(std::string message);
/// `Value (v) for parameter name is invalid. detail`
ApiError invalid_value(std::string_view value, std::string_view name, std::string_view detail = {});
ApiError invalid_combination(std::string message);
/// `The parameter a cannot be used with the parameter b`
ApiError not_together(std::string_view a, std::string_view b);
ApiError dependency_violation(std::string message);
ApiError incorrect_state(std::string message);
ApiError incorrect_instance_state(std::string message);
ApiError operation_not_permitted(std::string message);
ApiError unsupported(std::string message);
ApiError dry_run();
ApiError invalid_filter(std::string_view name);
/// What this program does not do: never a yes without the deed.
ApiError not_built(std::string_view what);

}  // namespace errors
}  // namespace fogling
