#pragma once

/// What one request may touch, and how operations and moves are declared.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/document.hpp"
#include "emulator/errors.hpp"
#include "emulator/filters.hpp"
#include "fixtures/model/model.hpp"
#include "fixtures/model/model_names.hpp"
#include "state/core.hpp"
#include "state/database.hpp"
#include "state/resources.hpp"

namespace fogling {

namespace kinds {
struct Kind;
}
namespace state {
struct Instance;
}

class World;
class Random;

using state::Access;
using state::Scope;
using state::Tag;
using state::Transaction;

/// The world as one request, or one due move, sees it: one state, one instant, one account in one region.
struct Context {
  World& world;
  Transaction& txn;
  const Scope& scope;
  std::int64_t now_ms;

  Random& random() const;
  /// A new id such as `vol-0123456789abcdef0`.
  std::string make_id(std::string_view prefix) const;
};

struct Call : Context {
  const model::Operation& operation;
  const Document& in;      ///< bound and validated: SDK member names, typed values, defaults not filled in
  const Filters& filters;  ///< of a Describe, already checked by name
  bool dry_run = false;    ///< only ever true in operations that check something first

  /// Tags of TagSpecifications by resource type, already checked.
  std::map<std::string, std::vector<Tag>, std::less<>> tags = {};
  /// Where a list of the answer holds ids in place of structures, this describes one. The writer keeps what it wrote.
  std::function<Document(std::string_view id)> describe = {};
  /// What a ClientToken shall remember instead of the whole answer; see Operation::replay.
  Document remember = {};
  /// Resources that a Describe has shown: under the clock mode `poll` each moves a step on.
  std::vector<std::string> looked_at = {};
  /// The declared kind that the engine carries this operation out for; null in operations written by hand.
  const kinds::Kind* kind = nullptr;

  /// Ends the request with EC2's DryRunOperation when it is only a dry run. To be called by operations declared
  /// DryRun::after_checks, once those checks are done that EC2 does before it.
  void end_of_dry_run() const {
    if (dry_run) throw errors::dry_run();
  }
  std::string_view text(std::string_view member) const { return fogling::text(in, member); }
  std::optional<std::int64_t> integer(std::string_view member) const { return fogling::integer(in, member); }
  std::optional<bool> flag(std::string_view member) const { return fogling::flag(in, member); }
  const Document& items(std::string_view member) const { return fogling::items(in, member); }
  const Document& part(std::string_view member) const { return fogling::part(in, member); }
  /// Throws MissingParameter where it is absent or empty.
  std::string_view require(std::string_view member) const;
};

/// Spelt as AWS spells it; a name that the model does not have does not compile.
class OperationName {
 public:
  template <std::size_t N>
  consteval OperationName(const char (&name)[N])
      : name_(name) {  // NOLINT(google-explicit-constructor): reads as a name
    bool known = false;
    for (const auto& each : model::kOperationNames) known = known || each == name_;
    if (!known) throw "not an operation of the EC2 API model";
  }
  /// Of a declared kind, for which kindgen has looked it up while building.
  static constexpr OperationName declared(std::string_view name) { return OperationName(name); }
  constexpr operator std::string_view() const { return name_; }  // NOLINT

 private:
  constexpr explicit OperationName(std::string_view name) : name_(name) {}

  std::string_view name_;
};

enum class DryRun : std::uint8_t {
  first,        ///< answered before anything of the operation is looked at, as EC2 mostly does
  after_checks  ///< the operation checks something first and then says call.end_of_dry_run()
};

/// One operation: a row in the table of its noun.
struct Operation {
  OperationName name;
  Document (*run)(Call&);
  Access access;
  DryRun dry_run = DryRun::first;
  /// The structure that filters are about, and the filters whose path does not follow from their name.
  std::string_view listed = {};
  std::span<const FilterPath> filters = {};
  /// Answers a repeated ClientToken from what call.remember kept; the whole first answer is repeated where null.
  Document (*replay)(Call&, const Document& remembered) = nullptr;
  /// Of an operation that is declared rather than written.
  const kinds::Kind* kind = nullptr;
};

/// What a declared kind does beyond what its file states. Each may be absent; each may refuse by throwing.
struct Hooks {
  std::string_view kind = {};
  /// Before a new one is stored: its document holds what was copied and set.
  void (*create)(Call&, state::GenericResource&) = nullptr;
  /// After it was stored and tagged. What it changes it stores itself.
  void (*created)(Call&, state::GenericResource&) = nullptr;
  /// After the request's members were copied over the document, before it is stored.
  void (*modify)(Call&, state::GenericResource&) = nullptr;
  /// Before it goes.
  void (*remove)(Call&, state::GenericResource&) = nullptr;
  /// After a due move has brought it into its new state.
  void (*moved)(Context&, state::GenericResource&) = nullptr;
  /// What a description shows beyond the stored document.
  void (*show)(Context&, const state::GenericResource&, Document& shown) = nullptr;
};

/// Carries out a due move of one kind: see lifecycle.hpp.
struct Mover {
  std::string_view kind;
  void (*move)(Context&, const state::Due&);
};

/// Told of an instance that has come into another state: what hangs on it follows. It must not change the instance.
using InstanceWatcher = void (*)(Context&, const state::Instance&);

/// What a file of operations/ offers.
struct Family {
  std::span<const Operation> operations = {};
  std::span<const Mover> movers = {};
  std::span<const Hooks> hooks = {};
  std::span<const InstanceWatcher> watchers = {};
};

}  // namespace fogling
