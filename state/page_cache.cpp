#include "state/page_cache.hpp"

#include <sqlite3.h>

#include <new>

namespace fogling::state {
namespace {

/// SQLite's own cache, and the largest number that a page in it may have, the lent one apart.
struct Cache {
  sqlite3_pcache* real;
  unsigned lent_number;
  unsigned largest = 0;

  void note(unsigned number) {
    if (number > largest && number != lent_number) largest = number;
  }
};

sqlite3_pcache_methods2 real;

Cache& cache_of(sqlite3_pcache* cache) { return *reinterpret_cast<Cache*>(cache); }

/// The page of the byte at which files are locked: SQLite never stores anything there, and lends its number. What might
/// be left behind under it is therefore never read.
unsigned lent_number(int page_bytes) {
  constexpr unsigned kLockedByte = 0x40000000;
  return kLockedByte / static_cast<unsigned>(page_bytes) + 1;
}

sqlite3_pcache* create(int page_bytes, int extra_bytes, int is_purgeable) {
  auto* const made = real.xCreate(page_bytes, extra_bytes, is_purgeable);
  if (made == nullptr) return nullptr;
  auto* const room = sqlite3_malloc(sizeof(Cache));
  if (room == nullptr) {
    real.xDestroy(made);
    return nullptr;
  }
  return reinterpret_cast<sqlite3_pcache*>(new (room) Cache{made, lent_number(page_bytes)});
}

void destroy(sqlite3_pcache* cache) {
  real.xDestroy(cache_of(cache).real);
  sqlite3_free(cache);
}

sqlite3_pcache_page* fetch(sqlite3_pcache* cache, unsigned number, int how) {
  Cache& self = cache_of(cache);
  self.note(number);
  return real.xFetch(self.real, number, how);
}

void rekey(sqlite3_pcache* cache, sqlite3_pcache_page* page, unsigned from, unsigned to) {
  Cache& self = cache_of(cache);
  self.note(to);
  real.xRekey(self.real, page, from, to);
}

/// Forgets the pages from a number on.
void truncate(sqlite3_pcache* cache, unsigned from) {
  Cache& self = cache_of(cache);
  if (from > self.largest) return;
  real.xTruncate(self.real, from);
  self.largest = from == 0 ? 0 : from - 1;
}

/// The others are passed on as they are.
template <auto kMethod, class Result, class... Args>
Result pass_on(sqlite3_pcache* cache, Args... args) {
  return (real.*kMethod)(cache_of(cache).real, args...);
}

}  // namespace

void configure_page_cache() {
  if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &real) != SQLITE_OK || real.iVersion != 1) return;
  using Methods = sqlite3_pcache_methods2;
  static Methods methods{real.iVersion,
                         real.pArg,
                         real.xInit,
                         real.xShutdown,
                         create,
                         pass_on<&Methods::xCachesize, void, int>,
                         pass_on<&Methods::xPagecount, int>,
                         fetch,
                         pass_on<&Methods::xUnpin, void, sqlite3_pcache_page*, int>,
                         rekey,
                         truncate,
                         destroy,
                         pass_on<&Methods::xShrink, void>};
  sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods);
}

}  // namespace fogling::state
