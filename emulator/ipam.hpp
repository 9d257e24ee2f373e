#pragma once

/// IPAM: who has which block out of which pool.
///
/// An IPAM, its scopes and its pools live in the account and region that made it, its home region. What is allocated
/// out of a pool lives where it was asked for, in the pool's locale; its parent is the pool, and it refers to the
/// resource that has the block. A block that is provisioned to a pool is a row of the kind `ipam-pool-cidr`; what a
/// pool has from its source pool is an allocation of the source.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/ip_blocks.hpp"
#include "emulator/kinds.hpp"

namespace fogling {

inline constexpr std::string_view kIpam = "ipam";
inline constexpr std::string_view kIpamScope = "ipam-scope";
inline constexpr std::string_view kIpamPool = "ipam-pool";
inline constexpr std::string_view kIpamPoolCidr = "ipam-pool-cidr";
inline constexpr std::string_view kIpamPoolAllocation = "ipam-pool-allocation";
inline constexpr std::string_view kIpamResourceDiscovery = "ipam-resource-discovery";
inline constexpr std::string_view kIpamResourceDiscoveryAssociation = "ipam-resource-discovery-association";

/// `The specified action is not valid for ipam-pool-…. There are one or more …`
ApiError ipam_dependency(std::string_view id, std::string_view why);

/// Changes the operating regions of an IPAM or a resource discovery by AddOperatingRegions and RemoveOperatingRegions.
void change_operating_regions(const Call& call, Document& document);
/// Those of the request, the caller's own always among them.
Document requested_operating_regions(const Call& call);
bool has_operating_region(const Document& document, std::string_view region);
/// Throws unless a locale is one of the IPAM's.
void require_operating_region(const GenericResource& ipam, std::string_view locale);

/// A living pool, whoever owns it and wherever it is: its id is all that sharing needs here.
GenericResource require_ipam_pool(Context& context, std::string_view pool_id);
/// The IPAM that a scope or a pool is of.
GenericResource ipam_of(Context& context, const GenericResource& part);
/// Throws IncorrectState unless it has been made and is not going.
void require_complete(const GenericResource& part);
bool is_public(const GenericResource& pool_or_scope);
/// Whether blocks of the pool may be had in the region.
bool is_local(const GenericResource& pool, std::string_view region);

/// What is provisioned to a pool, and what is allocated out of it.
std::vector<IpBlock> provisioned_blocks(Transaction& txn, std::string_view pool_id);
std::vector<IpBlock> allocated_blocks(Transaction& txn, std::string_view pool_id);
IpBlock block_of(const GenericResource& cidr_or_allocation);

/// Notes a block as provisioned to a pool.
void add_pool_cidr(Context& context, const GenericResource& pool, const IpBlock& block);

/// A block by its text, canonical. Throws where it is none, or of the other family than the pool.
IpBlock read_pool_block(const GenericResource& pool, std::string_view cidr);

/// What a request asks of a pool; `tags` are those of the resource that is to have the block.
struct BlockRequest {
  std::string_view cidr = {};
  std::optional<std::int64_t> netmask_length = {};
  std::vector<IpBlock> allowed = {}, disallowed = {};
  const std::vector<Tag>* tags = nullptr;
};
/// A free block of the pool. Throws EC2's words where there is none, or where the pool's rules speak against it.
IpBlock choose_block(Context& context, const GenericResource& pool, const BlockRequest& request);

/// Notes an allocation; `about` holds ResourceType and what else is known.
GenericResource allocate_block(Context& context, const GenericResource& pool, const IpBlock& block, Document about);
/// The same for a resource of the caller's.
GenericResource allocate_to(Context& context, const GenericResource& pool, std::string_view block,
                            std::string_view resource_id, std::string_view resource_type);
/// Gives back what a resource has, all of it or that block alone.
void release_allocations(Context& context, std::string_view resource_id, std::string_view block = {});

/// A pool named by a request for a resource, and the block that it is going to have.
struct PoolBlock {
  GenericResource pool;
  IpBlock block;
};
/// Nothing where the request names no pool. Members as the request calls them; `type` is the type of the resource.
std::optional<PoolBlock> requested_pool_block(Call& call, const char* pool, const char* cidr, const char* netmask,
                                              std::string_view type);

/// Pools that import what they find take in those blocks of VPCs of their locale that nobody has allocated.
void import_vpcs(Context& context, const GenericResource& pool);
/// The same for the pools of the account and region that a new VPC, or a new block of one, is in.
void import_new_blocks(Context& context);

}  // namespace fogling
