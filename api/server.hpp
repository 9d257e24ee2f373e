#pragma once

/// HTTP/1.1 on one port: sockets, keep-alive, pipelining and every limit that clients could push against. One thread
/// does it all, so a Handler never runs twice at a time.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "api/http.hpp"

namespace fogling::api {

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< an IPv4 or IPv6 address, or a name that resolves to one
  std::uint16_t port = 0;          ///< 0: any free one

  std::size_t max_header_bytes = 64 * 1024;      ///< beyond it: 431
  std::size_t max_body_bytes = 4 * 1024 * 1024;  ///< beyond it: 413
  std::size_t max_connections = 1024;            ///< beyond it the longest idle one is closed

  std::chrono::milliseconds idle_timeout{120'000};    ///< between two requests of a connection
  std::chrono::milliseconds request_timeout{30'000};  ///< from a request's first byte to its last, and for its answer
  std::chrono::milliseconds linger_timeout{2'000};    ///< for a refused client to notice, while it sends nothing

  bool stop_on_signals = false;  ///< SIGINT and SIGTERM end run()
};

/// The port is somebody else's, or not ours to take.
struct PortUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Server {
 public:
  /// Listens at once, answers from run() on. Throws PortUnavailable or std::runtime_error, with a sentence to show.
  Server(ServerOptions options, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The port in use, also where any was asked for.
  std::uint16_t port() const;
  /// Where clients on this machine find it: `http://127.0.0.1:8773`.
  std::string endpoint() const;
  /// Whether no other machine can reach it.
  bool is_loopback() const;

  /// Serves until stop(); to be called once.
  void run();
  /// Ends run() at once, whatever connections are open. May be called from any thread and from a signal handler,
  /// before run() too.
  void stop() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fogling::api
