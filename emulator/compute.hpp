#pragma once

/// What happens to the machine behind an instance. The state is the truth and a machine its projection: every call
/// names EC2 ids, may be repeated, returns at once, and can be made again from the state after the machines are thrown
/// away.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fogling {

/// What a machine needs to come to life.
struct InstanceSpec {
  std::string instance_id, image_id, instance_type, architecture, user_data, key_name, public_key;
  std::string private_ip_address, mac_address, subnet_id, vpc_id;
};

/// What a machine reports. `running` and `stopped` finish what launch, start and stop began.
struct ComputeEvent {
  enum class Kind : std::uint8_t { running, stopped, terminated, rebooted, powered_off, failed } kind;
  std::string instance_id, detail;
};

enum class ComputeCommand : std::uint8_t { launch, start, stop, reboot, terminate };

class Compute {
 public:
  virtual ~Compute() = default;

  /// How long the machine takes for a command, by the emulator's clock. Nothing: the machine says so itself by an
  /// event.
  virtual std::optional<std::int64_t> takes_ms(ComputeCommand command) const = 0;

  virtual void launch(const InstanceSpec& spec) = 0;
  virtual void start(std::string_view instance_id) = 0;
  virtual void stop(std::string_view instance_id, bool force) = 0;
  virtual void reboot(std::string_view instance_id) = 0;
  virtual void terminate(std::string_view instance_id) = 0;
  virtual void set_public_address(std::string_view network_interface_id, std::optional<std::string> public_ip) = 0;
  virtual void attach_volume(std::string_view instance_id, std::string_view volume_id, std::string_view device) = 0;
  virtual void detach_volume(std::string_view instance_id, std::string_view volume_id, bool force) = 0;
  /// What the machine wrote to its console so far; nothing when it keeps none itself.
  virtual std::optional<std::string> console_output(std::string_view instance_id) = 0;
  /// A picture of the machine's screen, as JPEG.
  virtual std::string screenshot(std::string_view instance_id) = 0;
  /// A non-maskable interrupt; what the guest does about it is its own affair.
  virtual void interrupt(std::string_view instance_id) = 0;
  /// Where events go; called by the thread that serves requests only.
  virtual void on_event(std::function<void(const ComputeEvent&)> listener) = 0;
};

/// No machine at all: a command takes as long as EC2 usually does, and nothing else happens.
class SimulatedCompute final : public Compute {
 public:
  std::optional<std::int64_t> takes_ms(ComputeCommand command) const override;
  void launch(const InstanceSpec&) override {}
  void start(std::string_view) override {}
  void stop(std::string_view, bool) override {}
  void reboot(std::string_view) override {}
  void terminate(std::string_view) override {}
  void set_public_address(std::string_view, std::optional<std::string>) override {}
  void attach_volume(std::string_view, std::string_view, std::string_view) override {}
  void detach_volume(std::string_view, std::string_view, bool) override {}
  std::optional<std::string> console_output(std::string_view) override { return std::nullopt; }
  std::string screenshot(std::string_view) override;
  void interrupt(std::string_view) override {}
  void on_event(std::function<void(const ComputeEvent&)>) override {}
};

}  // namespace fogling
