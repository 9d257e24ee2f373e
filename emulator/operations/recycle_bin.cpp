/// The recycle bin. What is deleted is kept there only by a retention rule, and rules are another service's: without
/// one the bin is empty and there is nothing to restore.

#include "emulator/describe.hpp"
#include "emulator/resource_types.hpp"

namespace fogling {
namespace {

Document ListImagesInRecycleBin(Call& call) { return describe_documents(call, "Images", {}, "ImageIds"); }
Document ListSnapshotsInRecycleBin(Call& call) { return describe_documents(call, "Snapshots", {}, "SnapshotIds"); }
Document ListVolumesInRecycleBin(Call& call) { return describe_documents(call, "Volumes", {}, "VolumeIds"); }

Document refuse_restoring(Call& call, std::string_view type, std::string_view member) {
  const auto id = call.require(member);
  check_id(type, id);
  throw unknown_id(type, id);
}
Document RestoreImageFromRecycleBin(Call& call) { return refuse_restoring(call, "image", "ImageId"); }
Document RestoreSnapshotFromRecycleBin(Call& call) { return refuse_restoring(call, "snapshot", "SnapshotId"); }
Document RestoreVolumeFromRecycleBin(Call& call) { return refuse_restoring(call, "volume", "VolumeId"); }

constexpr Operation kOperations[] = {
    {.name = "ListImagesInRecycleBin", .run = ListImagesInRecycleBin, .access = Access::read},
    {.name = "ListSnapshotsInRecycleBin", .run = ListSnapshotsInRecycleBin, .access = Access::read},
    {.name = "ListVolumesInRecycleBin", .run = ListVolumesInRecycleBin, .access = Access::read},
    {.name = "RestoreImageFromRecycleBin", .run = RestoreImageFromRecycleBin, .access = Access::write},
    {.name = "RestoreSnapshotFromRecycleBin", .run = RestoreSnapshotFromRecycleBin, .access = Access::write},
    {.name = "RestoreVolumeFromRecycleBin", .run = RestoreVolumeFromRecycleBin, .access = Access::write},
};

}  // namespace

Family recycle_bin_family() { return {.operations = kOperations}; }

}  // namespace fogling
