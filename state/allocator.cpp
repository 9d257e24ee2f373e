#include "state/allocator.hpp"

#include <sqlite3.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace fogling::state {
namespace {

constexpr std::size_t kStep = 64, kLargestKept = 8192;

/// In front of each block: its size while it is used, the next of its list while it is free.
union Head {
  std::size_t bytes;
  Head* next;
};

/// A block may end in the list of another thread than the one it came from.
thread_local std::array<Head*, kLargestKept / kStep + 1> free_blocks{};

Head* head_of(void* block) { return static_cast<Head*>(block) - 1; }

int rounded(int bytes) {
  return (bytes + static_cast<int>(kStep) - 1) / static_cast<int>(kStep) * static_cast<int>(kStep);
}

void* allocate(int wanted) {
  const auto bytes = static_cast<std::size_t>(rounded(wanted));
  Head* head = bytes <= kLargestKept ? free_blocks[bytes / kStep] : nullptr;
  if (head != nullptr) {
    free_blocks[bytes / kStep] = head->next;
  } else {
    head = static_cast<Head*>(std::malloc(sizeof(Head) + bytes));
    if (head == nullptr) return nullptr;
  }
  head->bytes = bytes;
  return head + 1;
}

void release(void* block) {
  Head* const head = head_of(block);
  if (head->bytes > kLargestKept) return std::free(head);
  Head*& first = free_blocks[head->bytes / kStep];
  head->next = first;
  first = head;
}

int size_of(void* block) { return block == nullptr ? 0 : static_cast<int>(head_of(block)->bytes); }

void* resize(void* block, int wanted) {
  if (wanted <= size_of(block)) return block;
  void* const larger = allocate(wanted);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, block, head_of(block)->bytes);
  release(block);
  return larger;
}

}  // namespace

void configure_allocator() {
  static sqlite3_mem_methods methods{allocate,     release, resize, size_of, rounded, [](void*) { return SQLITE_OK; },
                                     [](void*) {}, nullptr};
  sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

}  // namespace fogling::state
