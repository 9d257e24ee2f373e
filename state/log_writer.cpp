#include "state/log_writer.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>

namespace fogling::state {
namespace {

constexpr int kFrameHeadBytes = 24;
/// A transaction that writes more is written in parts: SQLite's own write takes less than 128 KB at a time.
constexpr std::size_t kMostGathered = 120U << 10U;
/// So much goes to the disk together.
constexpr std::int64_t kDiskStride = 1 << 20;

/// What stands behind SQLite's own object of an open log. Only the methods that touch the contents are ours.
struct Log {
  sqlite3_io_methods methods;
  const sqlite3_io_methods* real = nullptr;
  std::string gathered;
  std::int64_t offset = 0;   ///< where what is gathered goes
  bool ends_commit = false;  ///< the next page is a commit's last
  int descriptor = -1;       ///< our own, to set the disk to work
  std::int64_t started = 0;  ///< up to here the disk is at work

  ~Log() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

sqlite3_vfs* real_vfs() { return sqlite3_vfs_find("unix"); }

Log& log_of(sqlite3_file* file) {
  return *reinterpret_cast<Log*>(reinterpret_cast<char*>(file) + real_vfs()->szOsFile);
}

/// The head of a frame says how many pages the database has when it ends a transaction, and zero otherwise.
bool is_head_of_commit(const void* data, int bytes) {
  const auto* head = static_cast<const unsigned char*>(data);
  return bytes == kFrameHeadBytes && (head[4] | head[5] | head[6] | head[7]) != 0;
}

void start_disk(Log& log, std::int64_t end) {
  if (end < log.started) log.started = 0;  // the log begins anew
  if (end - log.started < kDiskStride) return;
  ::sync_file_range(log.descriptor, log.started, end - log.started, SYNC_FILE_RANGE_WRITE);
  log.started = end;
}

int flush(sqlite3_file* file) {
  Log& log = log_of(file);
  if (log.gathered.empty()) return SQLITE_OK;
  const auto bytes = static_cast<int>(log.gathered.size());
  const int result = log.real->xWrite(file, log.gathered.data(), bytes, log.offset);
  log.gathered.clear();
  if (result != SQLITE_OK) return result;
  log.offset += bytes;
  start_disk(log, log.offset);
  return result;
}

int write(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 offset) {
  Log& log = log_of(file);
  const bool is_last = log.ends_commit;
  log.ends_commit = is_head_of_commit(data, bytes);
  if (offset != log.offset + static_cast<std::int64_t>(log.gathered.size())) {
    // The log begins anew, or the heads of a large transaction are corrected, with nothing behind the last of them.
    const int result = flush(file);
    log.offset = offset + bytes;
    return result == SQLITE_OK ? log.real->xWrite(file, data, bytes, offset) : result;
  }
  log.gathered.append(static_cast<const char*>(data), static_cast<std::size_t>(bytes));
  return is_last || log.gathered.size() >= kMostGathered ? flush(file) : SQLITE_OK;
}

/// Whatever else is done to the file comes after what has been gathered.
template <auto kMethod, class... Args>
int after_flush(sqlite3_file* file, Args... args) {
  const int result = flush(file);
  return result == SQLITE_OK ? (log_of(file).real->*kMethod)(file, args...) : result;
}

int close(sqlite3_file* file) {
  const int written = flush(file);
  Log& log = log_of(file);
  const int closed = log.real->xClose(file);
  std::destroy_at(&log);
  return written == SQLITE_OK ? closed : written;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int result = real_vfs()->xOpen(real_vfs(), name, file, flags, out_flags);
  if (result != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return result;
  Log& log = *std::construct_at(&log_of(file));
  log.real = file->pMethods;
  log.methods = *file->pMethods;
  log.methods.xWrite = write;
  log.methods.xRead = after_flush<&sqlite3_io_methods::xRead>;
  log.methods.xTruncate = after_flush<&sqlite3_io_methods::xTruncate>;
  log.methods.xSync = after_flush<&sqlite3_io_methods::xSync>;
  log.methods.xFileSize = after_flush<&sqlite3_io_methods::xFileSize>;
  log.methods.xClose = close;
  log.descriptor = ::open(name, O_RDONLY | O_CLOEXEC);
  file->pMethods = &log.methods;
  return result;
}

}  // namespace

const char* log_writer() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *real_vfs();
    made.zName = "fogling-log-writer";
    made.szOsFile += static_cast<int>(sizeof(Log));
    made.xOpen = open;
    return made;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  static_cast<void>(registered);
  return vfs.zName;
}

}  // namespace fogling::state
