#pragma once

/// A trace in the shapes of Reachability Analyzer.

#include <string>
#include <string_view>

#include "emulator/fabric/trace.hpp"

namespace fogling::fabric {

/// Shape AnalysisComponent: id, ARN, and the tag Name where it has one.
Document analysis_component(Context& context, std::string_view id);
/// The ARN of anything of EC2's, in the scope of the context.
std::string resource_arn(Context& context, std::string_view id);

/// A list of shape PathComponent: what has been reached, to the first that is closed.
Document path_components(Context& context, const Trace& trace, const std::vector<Hop>& hops);
/// A list of shape Explanation: one for each hop that is closed.
Document explanations(Context& context, const Trace& trace);

}  // namespace fogling::fabric
