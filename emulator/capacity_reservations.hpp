#pragma once

/// Capacity reservations, and which of them an instance runs in.

#include <cstdint>
#include <string_view>

#include "emulator/call.hpp"
#include "state/instances.hpp"
#include "state/resources.hpp"

namespace fogling {

inline constexpr std::string_view kCapacityReservation = "capacity-reservation";

std::int64_t reserved_total(const state::GenericResource& reservation);
std::int64_t reserved_free(Context& context, const state::GenericResource& reservation);

/// Whether there is a reservation at all, or one has to be used: else a launch need not look for one.
bool may_take_capacity(Context& context, const state::Instance& instance);
/// Gives an instance that is about to run the reservation that its specification names, or an open one that fits.
/// Throws where it wants to run in one and none has room. The caller stores the instance.
void take_capacity(Context& context, state::Instance& instance);
/// An instance that does not run uses no reservation.
void free_capacity(Context& context, state::Instance& instance);
/// Throws unless a cancellation during the commitment is by an active quote, which is used up.
void require_cancellation_quote(Call& call, const state::GenericResource& reservation);
/// Puts off the start of a reservation as a quote has it that the request names and accepts.
void change_date(Call& call, state::GenericResource& reservation);

/// Ends a reservation: what runs in it runs on without.
void end_capacity_reservation(Context& context, state::GenericResource& reservation, std::string_view state);

}  // namespace fogling
