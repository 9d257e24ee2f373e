#include <cstdio>
#include <stdexcept>

#include "cli/client.hpp"
#include "cli/commands.hpp"

namespace fogling::cli {

int health(const std::string& endpoint) {
  const Reply reply = ask(endpoint, "GET", "/_sim/health");
  if (reply.status != 200) {
    throw std::runtime_error(endpoint + " is not well, or no fogling: it answers " + std::to_string(reply.status) +
                             ".");
  }
  std::printf("%s\n", reply.body.c_str());
  return 0;
}

}  // namespace fogling::cli
