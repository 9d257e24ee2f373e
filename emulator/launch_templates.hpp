#pragma once

/// Launch templates: which version is meant, and what a launch from it asks for.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "state/resources.hpp"

namespace fogling {

/// Versions are rows of the long tail, children of their template; they are not declared, since no operation names one
/// by an id.
inline constexpr std::string_view kLaunchTemplateVersion = "launch-template-version";

/// The template that a structure names by LaunchTemplateId or LaunchTemplateName: one of the two. Throws EC2's errors.
state::GenericResource require_launch_template(Context& context, const Document& named);

/// The number that `$Latest`, `$Default` or a number means; empty text means the default. Throws where it is none of
/// these; the version need not exist.
std::int64_t launch_template_version_number(const state::GenericResource& launch_template, std::string_view version);
/// Throws where it is not there.
state::GenericResource require_launch_template_version(Context& context, const state::GenericResource& launch_template,
                                                       std::int64_t number);
std::string launch_template_version_id(const state::GenericResource& launch_template, std::int64_t number);

/// The data without what the client left empty, which EC2 takes for unset. Empty device names of NoDevice and values of
/// tags mean something and stay.
Document without_empty_members(const Document& data);

/// Base with the members of `over` in place of its own: structures member by member, lists as a whole.
Document overlaid(Document base, const Document& over);

/// A launch with its template worked in.
struct TemplatedLaunch {
  Document in;            ///< parameters of RunInstances
  std::vector<Tag> tags;  ///< by which an instance tells its template: `aws:ec2launchtemplate:id` and `:version`
};

/// What the parameters of RunInstances ask for when those of their LaunchTemplate stand behind them.
TemplatedLaunch with_launch_template(Context& context, const Document& run_instances);

}  // namespace fogling
