#include "emulator/volumes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/cidr.hpp"
#include "emulator/default_vpc.hpp"
#include "emulator/network_interfaces.hpp"
#include "emulator/random.hpp"
#include "emulator/resource_types.hpp"
#include "emulator/tags.hpp"
#include "emulator/world.hpp"
#include "state/security_groups.hpp"
#include "state/snapshots.hpp"
namespace fogling {
state::Volume plan_volume(Context& c, const VolumeSpec& s) {
  state::Volume v;
  v.account = c.scope.account;
  v.region = c.scope.region;
  v.size_gib = s.size_gib.value_or(8);
  v.snapshot_id = s.snapshot_id;
  v.availability_zone = s.availability_zone;
  v.availability_zone_id = s.availability_zone_id;
  v.volume_type = s.volume_type.empty() ? "gp2" : s.volume_type;
  v.iops = s.iops;
  v.throughput = s.throughput;
  return v;
}
void make_volume(Context& c, state::Volume& v, std::string_view s) {
  v.volume_id = c.make_id("vol");
  v.state = s;
  v.create_time_ms = c.now_ms;
  state::insert(c.txn, v);
}
state::VolumeAttachment attach_volume(Context& c, state::Volume& v, std::string_view i, std::string_view d, bool del,
                                      std::string_view s) {
  state::VolumeAttachment a;
  a.account = c.scope.account;
  a.region = c.scope.region;
  a.volume_id = v.volume_id;
  a.instance_id = i;
  a.device = d;
  a.state = s;
  a.delete_on_termination = del;
  a.attach_time_ms = c.now_ms;
  state::insert(c.txn, a);
  return a;
}
void detach_volume(Context& c, const state::VolumeAttachment& a) { state::erase(c.txn, a); }
void remove_volume(Context& c, const state::Volume& v) { state::erase(c.txn, v); }
Document volume_document(Transaction&, const state::Volume& v) { return {{"VolumeId", v.volume_id}}; }
Document attachment_document(const state::VolumeAttachment& a) { return {{"VolumeId", a.volume_id}}; }
std::int64_t snapshot_size_gib(Context&, std::string_view) { return 1; }
}  // namespace fogling
