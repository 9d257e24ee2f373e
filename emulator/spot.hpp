#pragma once

/// The spot market: what a request offers, what it gets, and what happens to its instance.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/call.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"

namespace fogling {

inline constexpr std::string_view kSpotRequest = "spot-instances-request";

/// What a launch on the spot market asks for.
struct SpotBid {
  double max_price = 0;
  std::string type = "one-time";       ///< or `persistent`
  std::string behavior = "terminate";  ///< on interruption: or `stop`, `hibernate`
  std::string valid_until;             ///< empty: none
};

/// Reads InstanceMarketOptions of RunInstances; none where the launch is not for spot. Throws EC2's errors for options
/// that do not go together.
std::optional<SpotBid> read_spot_bid(const Document& in, const catalogue::InstanceType& type, std::string_view region,
                                     std::string_view product);

/// Dollars an hour; none where it is no number.
std::optional<double> read_spot_price(std::string_view given);

/// Throws SpotMaxPriceTooLow where the market of the zone asks for more.
void check_spot_price(const SpotBid& bid, const catalogue::InstanceType& type, const catalogue::Zone& zone,
                      std::string_view product, std::int64_t now_ms);

/// What an image's usage costs on the market: `Linux/UNIX`, `Windows`, ...
std::string_view spot_product(std::string_view platform_details);

/// The request behind an instance that RunInstances launches on the spot market: fulfilled from the start. The caller
/// stores the instance.
void make_fulfilled_request(Call& call, const SpotBid& bid, state::Instance& instance);
/// An open request has got its instance. The caller stores the instance.
void fulfil(Context& context, state::GenericResource& request, state::Instance& instance);

/// Throws where the instance is on the spot market and its request does not allow to start, or to stop, it.
void check_spot_start(Context& context, const state::Instance& instance);
void check_spot_stop(const state::Instance& instance);

/// State and status of a request, with the time of the change; stored.
void put_spot_status(Context& context, state::GenericResource& request, std::string_view state, std::string_view code);

/// EC2 takes the instance of a fulfilled request back: two minutes' notice, then what the request wants to happen.
/// `cause` ends the status code: `price`, `no-capacity`.
void interrupt(Context& context, state::GenericResource& request, std::string_view cause);

/// A request follows its instance. A watcher of instances.
void follow_spot_instance(Context& context, const state::Instance& instance);
/// Carries out the due moves of requests.
void move_spot_request(Context& context, const state::Due& due);

}  // namespace fogling
