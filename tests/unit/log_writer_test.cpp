#include "state/log_writer.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "state/core.hpp"

namespace fogling::test {
namespace {

namespace fs = std::filesystem;

using state::Database;
using state::Transaction;

/// A state file, and copies of it as a killed process leaves it: what the kernel has been given, and no more.
class LogWriter : public ::testing::Test {
 protected:
  LogWriter() { clean(); }
  ~LogWriter() override { clean(); }

  std::string file() const {
    return (fs::temp_directory_path() / ("fogling_log_" + std::to_string(::getpid()))).string();
  }
  std::string left() const { return file() + "_left"; }

  /// What a program would find after this one has been killed now.
  std::string found(std::string_view name) const {
    for (const char* suffix : {"", "-wal"}) {
      fs::copy_file(file() + suffix, left() + suffix, fs::copy_options::overwrite_existing);
    }
    fs::remove(left() + "-shm");
    Database database(left());
    Transaction txn(database, state::Access::read);
    return state::get_meta(txn, name);
  }

 private:
  void clean() const {
    for (const auto& name : {file(), left()}) {
      for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(name + suffix);
    }
  }
};

void put(Transaction& txn, std::string_view name, std::string_view value) { state::put_meta(txn, name, value); }

TEST_F(LogWriter, WhatIsCommittedHasLeftTheProcess) {
  Database database(file());
  for (int i = 0; i < 20; ++i) {
    Transaction txn(database, state::Access::write);
    put(txn, "a", std::to_string(i));
    txn.commit();
    EXPECT_EQ(found("a"), std::to_string(i));
  }
}

TEST_F(LogWriter, WhatIsNotCommittedIsNotFound) {
  Database database(file());
  {
    Transaction txn(database, state::Access::write);
    put(txn, "a", "before");
    txn.commit();
  }
  Transaction txn(database, state::Access::write);
  put(txn, "a", "after");
  EXPECT_EQ(found("a"), "before");
}

/// More pages than are gathered at a time, and then more than the cache holds: they are written and read back
/// meanwhile.
TEST_F(LogWriter, ATransactionMayBeLarge) {
  Database database(file());
  database.connection().exec("PRAGMA cache_size = 20");
  const std::string large(3000, 'x');
  for (const std::string round : {"first", "second"}) {
    Transaction txn(database, state::Access::write);
    for (int i = 0; i < 500; ++i) put(txn, "large" + std::to_string(i), round + large);
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(state::get_meta(txn, "large" + std::to_string(i)) == round + large);
    txn.commit();
    EXPECT_TRUE(found("large0") == round + large);
    EXPECT_TRUE(found("large499") == round + large);
  }
  database.connection().exec("PRAGMA wal_checkpoint(TRUNCATE)");
  Transaction txn(database, state::Access::write);
  put(txn, "large7", "after the log began anew");
  txn.commit();
  EXPECT_EQ(found("large7"), "after the log began anew");
}

TEST_F(LogWriter, ARollbackLeavesTheLogUsable) {
  Database database(file());
  database.connection().exec("PRAGMA cache_size = 20");
  const std::string large(3000, 'x');
  for (const char* round : {"kept", "undone", "kept again"}) {
    Transaction txn(database, state::Access::write);
    for (int i = 0; i < 200; ++i) put(txn, "large" + std::to_string(i), round + large);
    if (round == std::string_view("undone")) continue;
    txn.commit();
    EXPECT_TRUE(found("large150") == round + large);
  }
}

}  // namespace
}  // namespace fogling::test
