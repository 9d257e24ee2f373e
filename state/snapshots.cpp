#include "state/snapshots.hpp"

#include "state/table_impl.hpp"

namespace fogling::state {

FOGLING_ROWS(Snapshot);

}  // namespace fogling::state
