#pragma once

/// Options of instances that a launch sets and an operation of their own changes later: read and judged in one place.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/call.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "state/instances.hpp"

namespace fogling {

// ---- Metadata ------------------------------------------------------------------------------------------------------

/// The account's defaults in the region, by the members of ModifyInstanceMetadataDefaults; only what is set.
Document metadata_defaults(const Context& context);

enum class MetadataChange : std::uint8_t { launch, modification };

/// Lays what a request says over the options. Throws where EC2 does not take it, tokens that the account enforces
/// included.
void change_metadata_options(const Context& context, Document& options, const Document& given, MetadataChange change);
/// Where the instance metadata shows tags, their keys have to be such as fit into a path.
void check_metadata_tag_keys(const Document& metadata_options, const std::vector<Tag>& tags);
/// As an instance shows them (shape InstanceMetadataOptionsResponse).
Document metadata_document(const state::Instance& instance);

// ---- The rest ------------------------------------------------------------------------------------------------------

/// Base64 as it came, once it is known to be that and short enough.
std::string read_user_data(std::string_view base64);

/// `{Arn, Id}`, or null where none is named. There is no IAM here to ask: any well-formed name is one.
Document read_instance_profile(Context& context, const Document& given);

/// Placement group, host and affinity; an empty value takes one away. Throws where there is no such group or host.
void change_placement(Context& context, Document& placement, const Document& given);

/// Cores, threads and processor features, as far as the type has them.
void change_cpu_options(const catalogue::InstanceType& type, state::Instance& instance, const Document& given);

/// Throws unless it is `standard` or `unlimited`.
void check_cpu_credits(std::string_view credits);
/// `standard` or `unlimited`: as asked for, else the account's default of the family; empty for other types.
std::string read_cpu_credits(const Context& context, const catalogue::InstanceType& type, const Document& given);
/// The account's default for a family of burstable types.
std::string default_cpu_credits(const Context& context, std::string_view family);

/// As an instance shows it. Throws for a reservation that is not there.
Document read_capacity_reservation(Context& context, const Document& given);

/// Throws where the type's bandwidth cannot be weighted so.
void check_bandwidth_weighting(const catalogue::InstanceType& type, std::string_view weighting);

}  // namespace fogling
