#pragma once

/// What happened: every call with its answer, and every move of a life cycle, in one order and with virtual time. A
/// ring in memory, bounded by its size. Filling an entry moves what the request has anyway; what somebody reads is put
/// into words only then.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/document.hpp"
#include "state/database.hpp"

namespace fogling {

struct Event {
  /// `forgotten` keeps the number of what was reset.
  enum class Type : std::uint8_t { call, move, forgotten };
  /// By wire names, as they were sent.
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  Type type = Type::call;
  std::int64_t time_ms = 0;  ///< of the house's own clock
  std::string account, region;
  std::string name;       ///< of the operation, or of the move
  Parameters parameters;  ///< without what nobody else may know: see keep_no_secrets
  std::string code;       ///< of a refusal; empty: it was done
  std::string message;    ///< in EC2's words
  std::string request_id;
  std::int64_t took_us = 0;  ///< real time
  std::string kind;          ///< of what moved
  /// Ids that it showed, made or moved; `more` of them are not kept.
  std::vector<std::string> resources;
  std::size_t more = 0;
};

/// Stands where a secret was.
inline constexpr std::string_view kHidden = "(hidden)";
/// Takes credentials out, and hides passwords, keys and user data.
void keep_no_secrets(std::string_view operation, Event::Parameters& parameters);

/// `vol-0123456789abcdef0`, `eipalloc-0123abcd`: what ids of EC2 look like.
bool looks_like_id(std::string_view text);
/// Adds the ids that an answer names, each once.
void add_ids(const Document& answer, Event& event);
/// Adds ids that are known already.
void add_ids(std::vector<std::string> ids, Event& event);

class Journal {
 public:
  /// Of no bytes: nothing is remembered.
  explicit Journal(std::size_t most_bytes = 16 * 1024 * 1024, std::size_t most_events = 50'000)
      : most_bytes_(most_bytes), most_events_(most_events) {}
  bool is_on() const { return most_bytes_ > 0; }

  /// From here until the call is added its moves are held back: they stand behind what caused them.
  void begin_call();
  void add_call(Event call);
  /// A move that is being made. It counts once its transaction is committed.
  void move(const state::Due& due, std::int64_t time_ms);
  void commit_moves();

  /// What is added from here on is nobody's to see until it is kept, and may be dropped instead: the changes that it
  /// tells of are not committed.
  void begin_group() { is_in_group_ = true; }
  void end_group(bool is_kept);

  /// Forgets all of a scope; an empty account or region means every one. Numbers go on, for those who follow.
  void forget(std::string_view account, std::string_view region);

  /// Events have numbers from 1 on, without gaps: those from `oldest` to `newest` are kept.
  std::uint64_t oldest() const { return first_; }
  std::uint64_t newest() const { return first_ + events_.size() - of_group_ - 1; }
  const Event& at(std::uint64_t number) const { return events_[static_cast<std::size_t>(number - first_)]; }
  /// The newest that had to make room for others; 0: none since everything was forgotten.
  std::uint64_t lost() const { return lost_; }

 private:
  void append(Event event);

  const std::size_t most_bytes_, most_events_;
  std::deque<Event> events_;
  std::uint64_t first_ = 1, lost_ = 0;
  std::size_t bytes_ = 0;
  bool is_in_call_ = false, is_in_group_ = false;
  std::size_t of_group_ = 0;    ///< the last events, of a group that is open
  std::vector<Event> pending_;  ///< moves of a transaction that is open
  std::vector<Event> held_;     ///< committed moves of the call that is under way
};

}  // namespace fogling
