#include "emulator/spot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "emulator/clock.hpp"
#include "emulator/instances.hpp"
#include "emulator/kinds.hpp"
#include "emulator/launch.hpp"
#include "emulator/lifecycle.hpp"
#include "emulator/prices.hpp"
#include "state/security_groups.hpp"
#include "state/subnets.hpp"
#include "state/vpcs.hpp"

namespace fogling {
namespace {

constexpr std::int64_t kNotice_ms = 120'000, kRetry_ms = 300'000, kEvaluation_ms = 2'000;
/// Assumed: how long what has ended is still described.
constexpr std::int64_t kShownAfterEnd_ms = 4 * 3'600'000;

/// User Guide: the codes; their sentences as users quote them where they do, Assumed otherwise.
constexpr std::pair<std::string_view, std::string_view> kStatus[] = {
    {"pending-evaluation", "Your Spot request has been submitted for review, and is pending evaluation."},
    {"not-scheduled-yet", "Your Spot request will not be evaluated until the scheduled date."},
    {"pending-fulfillment", "Your Spot request is pending fulfillment."},
    {"fulfilled", "Your Spot request is fulfilled."},
    {"capacity-not-available", "There is no Spot capacity available that matches your request."},
    {"price-too-low", "Your Spot request price is lower than the minimum required Spot request fulfillment price."},
    {"az-group-constraint", "Not all of the instances requested can be launched in the same Availability Zone."},
    {"placement-group-constraint", "Your Spot request can't be fulfilled because of its placement group."},
    {"limit-exceeded", "Your Spot request would exceed a limit of your account."},
    {"schedule-expired", "Your Spot request expired before it was fulfilled."},
    {"bad-parameters", "One or more parameters of your Spot request are not valid."},
    {"canceled-before-fulfillment", "Your Spot request is canceled before it was fulfilled."},
    {"request-canceled-and-instance-running", "Your Spot request is canceled, but your instance is still running."},
    {"marked-for-stop", "Your Spot Instance is marked for stop."},
    {"marked-for-termination", "Your Spot Instance is marked for termination."},
    {"instance-stopped-by-price", "Spot Instance stopped because the Spot price exceeds your maximum price."},
    {"instance-stopped-by-no-capacity", "Spot Instance stopped because there is no longer enough Spot capacity."},
    {"instance-stopped-by-user", "Spot Instance stopped due to user-initiated stop."},
    {"instance-terminated-by-price", "Spot Instance terminated because the Spot price exceeds your maximum price."},
    {"instance-terminated-by-no-capacity", "Spot Instance terminated because there is no longer enough Spot capacity."},
    {"instance-terminated-by-user", "Spot Instance terminated due to user-initiated termination."},
};

std::string code_of(const state::GenericResource& request) {
  return std::string(text(part(request.document, "Status"), "Code"));
}

const catalogue::InstanceType& type_of(const state::Instance& instance) {
  return *catalogue::find_instance_type(instance.instance_type);
}
const catalogue::Zone& zone_of(const state::Instance& instance) {
  return *catalogue::find_zone(instance.region, instance.availability_zone);
}

/// As a description shows what was launched.
Document launch_specification(Context& context, const Document& in, const state::Instance& instance) {
  Document specification = adapted(in, *model::find_shape("LaunchSpecification"));
  specification.erase("SecurityGroups");
  specification["ImageId"] = instance.image_id;
  specification["InstanceType"] = instance.instance_type;
  specification["Monitoring"] = {{"Enabled", instance.monitoring != "disabled"}};
  specification["EbsOptimized"] = instance.ebs_optimized;
  Document placement = adapted(part(in, "Placement"), *model::find_shape("SpotPlacement"));
  placement["AvailabilityZone"] = instance.availability_zone;
  specification["Placement"] = std::move(placement);
  if (!specification.contains("NetworkInterfaces")) specification["SubnetId"] = instance.subnet_id;
  Document groups = Document::array();
  for (const auto& each : items(in, "SecurityGroupIds")) {
    const auto& id = each.get_ref<const std::string&>();
    const auto group = state::find<state::SecurityGroup>(context.txn, context.scope, id);
    groups.push_back({{"GroupId", id}, {"GroupName", group ? group->group_name : std::string{}}});
  }
  if (!groups.empty()) specification["SecurityGroups"] = std::move(groups);
  return specification;
}

/// The next instant at which the market may outgrow what is paid for an instance.
void watch_price(Context& context, const state::GenericResource& request, const state::Instance& instance) {
  const auto& type = type_of(instance);
  const auto max_price = read_spot_price(text(request.document, "SpotPrice")).value_or(0);
  if (max_price >= on_demand_price(type, instance.region, spot_product(instance.platform_details))) return;  // never
  const auto span = spot_price_span(type, zone_of(instance), spot_product(instance.platform_details), context.now_ms);
  schedule_by_clock(context, kSpotRequest, request.resource_id, "price", span.end_ms - context.now_ms);
}

std::optional<state::Instance> instance_of(Context& context, const state::GenericResource& request) {
  return state::find<state::Instance>(context.txn, context.scope, text(request.document, "InstanceId"));
}

void end(Context& context, state::GenericResource& request, std::string_view state, std::string_view code) {
  put_spot_status(context, request, state, code);
  state::remove_dues_of(context.txn, request.resource_id);
  schedule_by_clock(context, kSpotRequest, request.resource_id, "gone", kShownAfterEnd_ms);
}

bool has_expired(const Context& context, const state::GenericResource& request) {
  const auto until = text(request.document, "ValidUntil");
  return !until.empty() && parse_time(until) <= context.now_ms;
}

/// A persistent request is open again when its instance has gone.
void end_or_reopen(Context& context, state::GenericResource& request, std::string_view code) {
  if (request.state == "cancelled" || text(request.document, "Type") != "persistent" || has_expired(context, request)) {
    end(context, request, request.state == "cancelled" ? "cancelled" : "closed", code);
    return;
  }
  put_spot_status(context, request, "open", code);
  schedule(context, kSpotRequest, request.resource_id, "evaluate", kEvaluation_ms);
}

// ---- Evaluation
// ------------------------------------------------------------------------------------------------------

/// The status that a refused launch leaves an open request in; empty where the request itself is at fault.
std::string_view status_of(const ApiError& error) {
  constexpr std::pair<std::string_view, std::string_view> kByError[] = {
      {"SpotMaxPriceTooLow", "price-too-low"},
      {"InsufficientInstanceCapacity", "capacity-not-available"},
      {"InsufficientFreeAddressesInSubnet", "capacity-not-available"},
      {"MaxSpotInstanceCountExceeded", "limit-exceeded"},
      {"VcpuLimitExceeded", "limit-exceeded"},
      {"InstanceLimitExceeded", "limit-exceeded"},
      {"InvalidPlacementGroup.InUse", "placement-group-constraint"}};
  const auto* known = std::ranges::find(kByError, error.code, &std::pair<std::string_view, std::string_view>::first);
  return known == std::end(kByError) ? std::string_view{} : known->second;
}

/// All requests of an Availability Zone group launch where the first of them did.
void keep_to_group_zone(Context& context, const state::GenericResource& request, Document& in) {
  const auto group = text(request.document, "AvailabilityZoneGroup");
  if (group.empty()) return;
  for (const auto& other : state::list_kind(context.txn, context.scope, kSpotRequest)) {
    if (text(other.document, "AvailabilityZoneGroup") != group || other.state != "active") continue;
    in["Placement"]["AvailabilityZone"] = text(other.document, "LaunchedAvailabilityZone");
    return;
  }
}

/// A request that names no place goes where the market asks least.
void choose_zone(Context& context, Document& in) {
  const auto& placement = part(in, "Placement");
  const auto* type = catalogue::find_instance_type(text(in, "InstanceType"));
  const bool names_place = !text(in, "SubnetId").empty() || !items(in, "NetworkInterfaces").empty() ||
                           !text(placement, "AvailabilityZone").empty() ||
                           !text(placement, "AvailabilityZoneId").empty() || !text(placement, "GroupName").empty();
  const auto vpc = state::find_default_vpc(context.txn, context.scope);
  if (names_place || type == nullptr || !vpc) return;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& subnet : state::subnets_of_vpc(context.txn, vpc->vpc_id)) {
    const auto* zone = catalogue::find_zone(context.scope.region, subnet.availability_zone);
    if (!subnet.default_for_az || zone == nullptr || !catalogue::is_offered(*type, *zone)) continue;
    const double price = spot_price(*type, *zone, kLinux, context.now_ms);
    if (price >= least) continue;
    least = price;
    in["Placement"]["AvailabilityZone"] = zone->name;
  }
}

/// When an open request is looked at again.
std::int64_t retry_ms(Context& context, const Document& in, std::string_view status) {
  if (status != "price-too-low") return kRetry_ms;
  const auto* type = catalogue::find_instance_type(text(in, "InstanceType"));
  std::int64_t wait_ms = 24 * 3'600'000;
  for (const auto& zone : catalogue::zones(context.scope.region)) {
    if (!zone.is_availability_zone() || type == nullptr) continue;
    wait_ms = std::min(wait_ms, spot_price_span(*type, zone, kLinux, context.now_ms).end_ms - context.now_ms);
  }
  return wait_ms;
}

void evaluate(Context& context, state::GenericResource& request) {
  if (request.state != "open") return;
  const auto valid_from = text(request.document, "ValidFrom");
  if (!valid_from.empty() && parse_time(valid_from) > context.now_ms) {
    put_spot_status(context, request, "open", "not-scheduled-yet");
    schedule_by_clock(context, kSpotRequest, request.resource_id, "evaluate", parse_time(valid_from) - context.now_ms);
    return;
  }
  Document in = part(request.document, "_launch");
  keep_to_group_zone(context, request, in);
  choose_zone(context, in);
  try {
    launch_instances(context, in, {.spot_instance_request_id = request.resource_id});
  } catch (const ApiError& error) {
    if (const auto status = status_of(error); !status.empty()) {
      put_spot_status(context, request, "open", status);
      schedule_by_clock(context, kSpotRequest, request.resource_id, "evaluate", retry_ms(context, in, status));
      return;
    }
    request.document["Fault"] = {{"Code", error.code}, {"Message", error.message}};
    end(context, request, "failed", "bad-parameters");
  }
}

// ---- Interruption
// ----------------------------------------------------------------------------------------------------

/// The price of an instance's market has changed.
void look_at_price(Context& context, state::GenericResource& request) {
  const auto instance = instance_of(context, request);
  if (!instance || instance->state != instance_state::running || code_of(request) != "fulfilled") return;
  const double price =
      spot_price(type_of(*instance), zone_of(*instance), spot_product(instance->platform_details), context.now_ms);
  if (price > read_spot_price(text(request.document, "SpotPrice")).value_or(price)) {
    interrupt(context, request, "price");
  } else {
    watch_price(context, request, *instance);
  }
}

/// The notice is over.
void carry_out_interruption(Context& context, state::GenericResource& request) {
  auto instance = instance_of(context, request);
  if (!instance || (instance->state != instance_state::running && instance->state != instance_state::pending)) return;
  const auto behavior = text(request.document, "InstanceInterruptionBehavior");
  if (behavior == "terminate") {
    terminate_instance(context, *instance, {"Server.SpotInstanceTermination", "Spot instance termination"});
  } else {
    stop_instance(context, *instance, {"Server.SpotInstanceShutdown", "Spot instance shutdown"});
  }
}

/// EC2 starts again what it has stopped, once the market allows.
void restart(Context& context, state::GenericResource& request) {
  auto instance = instance_of(context, request);
  if (request.state != "open" || !instance || instance->state != instance_state::stopped) return;
  const auto& type = type_of(*instance);
  const auto product = spot_product(instance->platform_details);
  const double price = spot_price(type, zone_of(*instance), product, context.now_ms);
  if (price <= read_spot_price(text(request.document, "SpotPrice")).value_or(price)) {
    instance->options.erase("_interruption");
    start_instance(context, *instance);
    return;
  }
  const auto span = spot_price_span(type, zone_of(*instance), product, context.now_ms);
  schedule_by_clock(context, kSpotRequest, request.resource_id, "restart", span.end_ms - context.now_ms);
}

}  // namespace

void check_spot_start(Context& context, const state::Instance& instance) {
  const auto id = text(instance.options, "SpotInstanceRequestId");
  if (id.empty()) return;
  const auto request = state::find<state::GenericResource>(context.txn, context.scope, id);
  if (request && (request->state == "disabled" || request->state == "open" || request->state == "active")) return;
  throw ApiError(
      "IncorrectSpotRequestState",
      fmt::format("You can't start the Spot Instance '{}' because the associated Spot Instance request is not in "
                  "an appropriate state to support start.",
                  instance.instance_id));
}

void check_spot_stop(const state::Instance& instance) {
  if (text(instance.options, "_spot_type") != "one-time") return;
  throw ApiError(
      "UnsupportedOperation",
      fmt::format("You can't stop the Spot Instance '{}' because it is associated with a one-time Spot Instance "
                  "request. You can only stop Spot Instances associated with persistent Spot Instance requests.",
                  instance.instance_id));
}

void put_spot_status(Context& context, state::GenericResource& request, std::string_view state, std::string_view code) {
  const auto* known = std::ranges::find(kStatus, code, &std::pair<std::string_view, std::string_view>::first);
  request.document["Status"] = {{"Code", code},
                                {"Message", known == std::end(kStatus) ? std::string_view{} : known->second},
                                {"UpdateTime", iso_seconds(context.now_ms)}};
  put_state(context, request, state);
}

void fulfil(Context& context, state::GenericResource& request, state::Instance& instance) {
  auto& document = request.document;
  instance.instance_lifecycle = "spot";
  instance.options["SpotInstanceRequestId"] = request.resource_id;
  instance.options["_spot_type"] = text(document, "Type");
  document["InstanceId"] = instance.instance_id;
  document["LaunchedAvailabilityZone"] = instance.availability_zone;
  document["LaunchedAvailabilityZoneId"] = instance.availability_zone_id;
  document["LaunchSpecification"] = launch_specification(context, part(document, "_launch"), instance);
  document["ProductDescription"] = spot_product(instance.platform_details);
  put_spot_status(context, request, "active", "fulfilled");
  watch_price(context, request, instance);
}

void make_fulfilled_request(Call& call, const SpotBid& bid, state::Instance& instance) {
  Document document{{"SpotPrice", price_text(bid.max_price)},
                    {"Type", bid.type},
                    {"InstanceInterruptionBehavior", bid.behavior},
                    {"_launch", call.in}};
  document["_launch"]["MinCount"] = document["_launch"]["MaxCount"] = 1;
  set_if(document, "ValidUntil", bid.valid_until);
  auto request = make_resource(call, declared_kind(kSpotRequest), std::move(document));
  fulfil(call, request, instance);
  if (!bid.valid_until.empty()) {
    schedule_by_clock(call, kSpotRequest, request.resource_id, "expire", parse_time(bid.valid_until) - call.now_ms);
  }
}

void interrupt(Context& context, state::GenericResource& request, std::string_view cause) {
  auto instance = instance_of(context, request);
  if (!instance || request.state != "active") return;
  const auto behavior = text(request.document, "InstanceInterruptionBehavior");
  request.document["_cause"] = cause;
  put_spot_status(context, request, "active", behavior == "terminate" ? "marked-for-termination" : "marked-for-stop");
  // Hibernation begins at once; the others give two minutes' notice, which the metadata tell.
  const auto notice_ms = behavior == "hibernate" ? 0 : kNotice_ms;
  instance->options["_interruption"] = {{"action", behavior}, {"time", iso_seconds(context.now_ms + notice_ms)}};
  state::update(context.txn, *instance);
  schedule_by_clock(context, kSpotRequest, request.resource_id, "interrupt", notice_ms);
}

void follow_spot_instance(Context& context, const state::Instance& instance) {
  using namespace instance_state;
  const auto id = text(instance.options, "SpotInstanceRequestId");
  if (id.empty()) return;
  auto request = state::find<state::GenericResource>(context.txn, context.scope, id);
  if (!request || text(request->document, "InstanceId") != instance.instance_id) return;
  const bool is_marked = code_of(*request).starts_with("marked-for-");
  const std::string cause = is_marked ? std::string(text(request->document, "_cause")) : "user";
  if (instance.state == shutting_down) {
    end_or_reopen(context, *request, "instance-terminated-by-" + cause);
  } else if (instance.state == stopping && request->state == "active") {
    // Assumed: what EC2 has stopped is open, since EC2 starts it again; what its owner has stopped is disabled.
    put_spot_status(context, *request, is_marked ? "open" : "disabled", "instance-stopped-by-" + cause);
  } else if (instance.state == pending && request->state != "active") {
    put_spot_status(context, *request, "active", "fulfilled");
    watch_price(context, *request, instance);
  } else if (instance.state == stopped && cause != "user") {
    schedule_by_clock(context, kSpotRequest, request->resource_id, "restart", kRetry_ms);
  }
}

void move_spot_request(Context& context, const state::Due& due) {
  auto request = state::find<state::GenericResource>(context.txn, context.scope, due.resource_id);
  if (!request) return;
  if (due.move == "evaluate") {
    evaluate(context, *request);
  } else if (due.move == "price") {
    look_at_price(context, *request);
  } else if (due.move == "interrupt") {
    carry_out_interruption(context, *request);
  } else if (due.move == "restart") {
    restart(context, *request);
  } else if (due.move == "expire") {
    if (request->state == "open") end(context, *request, "closed", "schedule-expired");
  } else {
    move_declared(context, due);
  }
}

}  // namespace fogling
