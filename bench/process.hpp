#pragma once

/// Programs that the benchmark starts: the emulator, and itself as the floor.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fogling::bench {

/// A child that prints `READY endpoint=http://127.0.0.1:PORT ...` when it listens; ended with this object.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  std::uint16_t port() const { return port_; }
  double ready_ms() const { return ready_ms_; }  ///< from exec to the READY line
  double resident_mb() const;
  /// Processor time that it has taken since its exec, in user and kernel mode.
  double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  double ready_ms_ = 0;
};

}  // namespace fogling::bench
