#pragma once

#include <string>

namespace fogling::bench {

/// Serves one body for every request, on one thread, without looking at it: what Beast itself costs. Never returns.
[[noreturn]] void serve_floor(const std::string& body);

}  // namespace fogling::bench
