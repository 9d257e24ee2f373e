#pragma once

/// A client that asks over several connections in turn: it writes a request on each before it reads the first answer,
/// so that the server never waits for it.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/process.hpp"

namespace fogling::bench {

/// A whole EC2 Query request for a form such as `Action=DescribeRegions`.
std::string request_of(const std::string& form);
/// A request to one of the server's own endpoints.
std::string request_to(const std::string& path, const std::string& json);

class Connection {
 public:
  Connection(boost::asio::io_context& io, std::uint16_t port);
  void write(const std::string& request);
  /// The body of the next answer. Throws where the status is not 200.
  const std::string& read();
  std::string ask(const std::string& form) {
    write(request_of(form));
    return read();
  }

 private:
  boost::asio::ip::tcp::socket socket_;
  std::vector<char> chunk_;
  std::string buffered_, body_;
};

/// How fast a server answers, and what it costs it.
struct Speed {
  double calls_per_s = 0;
  double cpu_us = 0;  ///< processor time of the server for one call, whatever else the machine does meanwhile
};

/// Asks for `seconds`, each request made by `next`.
Speed measure(const Process& server, double seconds, const std::function<const std::string&()>& next,
              int connections = 8);

/// How long a caller waits who asks and waits by turns.
struct Latency {
  double median_us = 0;
  double cpu_us = 0;  ///< as above
};
Latency time_each(const Process& server, double seconds, const std::function<const std::string&()>& next);

}  // namespace fogling::bench
