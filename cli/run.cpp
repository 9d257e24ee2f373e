#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "api/server.hpp"
#include "cli/commands.hpp"
#include "cli/environment.hpp"

namespace fogling::cli {
namespace {

constexpr int kCannotExecute = 126, kNotFound = 127, kSignalled = 128;  // as shells have it

/// The signals that are waited for in one place instead of interrupting.
sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) sigaddset(&set, each);
  return set;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// Throws std::system_error where the command cannot be started.
pid_t start(std::vector<std::string> command, std::vector<std::string> environment, const sigset_t& signal_mask) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigmask(&attributes, &signal_mask);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, command[0].c_str(), nullptr, &attributes, pointers(command).data(),
                                   pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category());
  return child;
}

/// Hands signals on to the child until it ends; returns its exit code.
int wait_for(pid_t child, const sigset_t& signals) {
  for (;;) {
    siginfo_t info;
    const int signal = ::sigwaitinfo(&signals, &info);
    if (signal < 0) continue;  // interrupted
    if (signal != SIGCHLD) {
      // Those of the terminal have reached the child already: it is in the same process group.
      if (info.si_code != SI_KERNEL) ::kill(child, signal);
      continue;
    }
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) != child) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  }
}

}  // namespace

int run(const ServeOptions& options, const std::vector<std::string>& command) {
  start_log(options.log_level);
  House house(options.house);
  api::Server server({.host = options.host, .port = options.port},
                     [&house](const api::Request& request) { return house.handle_in_turn(request); });

  // Before the thread starts, so that it inherits the mask and signals come to wait_for() only.
  const sigset_t signals = handled_signals();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);

  pid_t child = 0;
  try {
    child = start(command, changed_environment(client_environment(server.endpoint(), options.house.region)), before);
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "fogling: Cannot run %s: %s.\n", command[0].c_str(), error.code().message().c_str());
    return error.code().value() == ENOENT ? kNotFound : kCannotExecute;
  }
  std::thread serving([&server] {
    try {
      server.run();
    } catch (const std::exception& error) {
      spdlog::critical("The server has ended: {}", error.what());
    }
  });
  const int exit_code = wait_for(child, signals);
  server.stop();
  serving.join();
  return exit_code;
}

}  // namespace fogling::cli
