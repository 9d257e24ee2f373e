#pragma once

/// What VM Import/Export makes of disks from elsewhere: snapshots, and images that stand on them.

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/call.hpp"
#include "state/images.hpp"
#include "state/instances.hpp"
#include "state/snapshots.hpp"

namespace fogling {

struct ImportedDisk {
  std::string device_name = {};
  std::int64_t size_gib = 0;
};

/// What a task says about what it imports.
struct ImportedMachine {
  std::string task_id = {};
  std::string architecture = {};
  bool is_windows = false, brings_license = false;
  std::string boot_mode = {};
  bool encrypted = false;
  std::string kms_key_id = {};
  std::vector<ImportedDisk> disks = {};
};

/// A completed snapshot of a disk that a task has brought.
state::Snapshot import_disk(Context& context, const ImportedMachine& machine, const ImportedDisk& disk);
/// An image that can be launched; its name is the task's id.
state::Image import_image(Context& context, const ImportedMachine& machine);

/// Whether the instance stands on an image that was imported: only those can be exported.
bool is_imported(Context& context, const state::Instance& instance);

/// Throws where a key is given without the wish to encrypt.
void check_import_encryption(const Call& call);

}  // namespace fogling
