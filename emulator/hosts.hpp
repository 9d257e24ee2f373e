#pragma once

/// Dedicated hosts: what they hold, and instances on them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"

namespace fogling {

inline constexpr std::string_view kHost = "dedicated-host";

/// The machine behind a host of a family: as big as the family's biggest type.
struct HostSize {
  std::int32_t vcpus = 0, cores = 0, sockets = 0;
};
/// None where the family has no dedicated hosts.
std::optional<HostSize> host_size(std::string_view family);
/// The types that a host can hold, by name.
std::vector<const catalogue::InstanceType*> host_types(const state::GenericResource& host);

/// Of an instance that is not stopped.
std::vector<state::Instance> host_instances(Context& context, const state::GenericResource& host);
/// How many more instances of a type fit.
std::int64_t host_room(Context& context, const state::GenericResource& host, const catalogue::InstanceType& type);

/// Puts an instance of the tenancy `host` on the host that its placement names, or on any that takes instances by
/// itself. Throws where none has room. The caller stores the instance.
void put_on_host(Context& context, state::Instance& instance);
/// A stopped instance leaves its host unless it has an affinity to it.
void take_off_host(Context& context, state::Instance& instance);

}  // namespace fogling
