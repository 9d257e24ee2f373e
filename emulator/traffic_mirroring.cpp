#include "emulator/traffic_mirroring.hpp"

#include "emulator/kinds.hpp"

namespace fogling {
namespace {

constexpr std::string_view kSession = "traffic-mirror-session", kTarget = "traffic-mirror-target";

void end_sessions(Context& context, std::string_view id) {
  for (const auto& session : state::list_referring(context.txn, id, kSession)) erase_resource(context, session);
}

}  // namespace

/// Assumed: a target goes as its sessions do; the user guide tells it of sessions whose source goes.
void end_mirroring(Context& context, std::string_view network_interface_id) {
  end_sessions(context, network_interface_id);
  for (const auto& target : state::list_referring(context.txn, network_interface_id, kTarget)) {
    end_sessions(context, target.resource_id);
    erase_resource(context, target);
  }
}

}  // namespace fogling
