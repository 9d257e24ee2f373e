#pragma once

/// Protocols and ports as people write them: `tcp/443`, `udp/53`, `tcp/8000-8080`, `icmp`, `tcp`.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/fabric/flows.hpp"

namespace fogling::fabric {

struct Traffic {
  int protocol = kTcp;
  PortRange ports;
};

/// `tcp`, `udp`, `icmp`, `all` or a number.
std::string protocol_name(int protocol);
/// `22`, `8000-8080`, `all`.
std::string ports_text(const PortRange& ports);

/// `tcp`, `udp`, `icmp` or `icmpv6`.
std::optional<int> parse_protocol(std::string_view text);
/// `443` or `8000-8080`.
std::optional<PortRange> parse_ports(std::string_view text);
std::optional<Traffic> parse_traffic(std::string_view text);
/// Several, with blanks between them; none where it is empty. Nothing where one of them means nothing.
std::optional<std::vector<Traffic>> parse_traffic_list(std::string_view text);

/// Takes what is of this traffic out of flows of a protocol. Echoes are taken whatever their ports.
Flows take_traffic(const std::vector<Traffic>& list, int protocol, Flows& flows);

}  // namespace fogling::fabric
