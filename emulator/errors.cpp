#include "emulator/errors.hpp"

#include <fmt/format.h>

namespace fogling::errors {

ApiError missing_parameter(std::string_view name) {
  return {"MissingParameter", fmt::format("The request must contain the parameter {}", name)};
}
ApiError unknown_parameter(std::string_view leaf) {
  return {"UnknownParameter", fmt::format("The parameter {} is not recognized", leaf)};
}
ApiError invalid_parameter_value(std::string message) { return {"InvalidParameterValue", std::move(message)}; }
ApiError invalid_value(std::string_view value, std::string_view name, std::string_view detail) {
  return {"InvalidParameterValue",
          fmt::format("Value ({}) for parameter {} is invalid.{}{}", value, name, detail.empty() ? "" : " ", detail)};
}
ApiError invalid_combination(std::string message) { return {"InvalidParameterCombination", std::move(message)}; }
ApiError not_together(std::string_view a, std::string_view b) {
  return invalid_combination(fmt::format("The parameter {} cannot be used with the parameter {}", a, b));
}
ApiError dependency_violation(std::string message) { return {"DependencyViolation", std::move(message)}; }
ApiError incorrect_state(std::string message) { return {"IncorrectState", std::move(message)}; }
ApiError incorrect_instance_state(std::string message) { return {"IncorrectInstanceState", std::move(message)}; }
ApiError operation_not_permitted(std::string message) { return {"OperationNotPermitted", std::move(message)}; }
ApiError unsupported(std::string message) { return {"Unsupported", std::move(message)}; }
ApiError dry_run() { return {"DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412}; }
ApiError invalid_filter(std::string_view name) {
  return invalid_parameter_value(fmt::format("The filter '{}' is invalid", name));
}
ApiError not_built(std::string_view what) {
  return {
      "UnsupportedOperation",
      fmt::format("{} is part of EC2, but fogling does not do it yet. GET /_sim/operations lists what it does.", what)};
}

}  // namespace fogling::errors
