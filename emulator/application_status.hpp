#pragma once

/// Application status checks: which instances they apply to, and what they say of them. Nothing listens on a simulated
/// machine; a check passes once its instance has run long enough, as its other status checks do.

#include <optional>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "state/instances.hpp"

namespace fogling {

inline constexpr std::string_view kApplicationStatusCheck = "application-status-check";

/// The checks of the caller's region, read once for all instances of an answer.
class ApplicationStatuses {
 public:
  explicit ApplicationStatuses(Context& context);

  /// Shape ApplicationStatus.
  Document of(const state::Instance& instance);
  /// Shape ApplicationStatusSummary; nothing where no check applies to the instance.
  std::optional<Document> summary_of(const state::Instance& instance);

 private:
  bool applies(const state::GenericResource& check, const state::Instance& instance);
  Document detail(const state::GenericResource& check, const state::Instance& instance);

  Context& context_;
  std::vector<state::GenericResource> checks_;
};

/// Since when, and until when if that is known, an instance's application status is suppressed: `{SuppressAt,
/// ResumeAt}`; null where it is not.
Document suppression_of(const Context& context, const state::Instance& instance);

}  // namespace fogling
