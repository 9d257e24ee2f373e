#include "emulator/vpc_associations.hpp"

#include <algorithm>

#include "state/resources.hpp"

namespace fogling {

void leave_tables(Context& context, std::string_view vpc_id, std::string_view member, std::string_view id) {
  for (const char* kind : {"route-table", "network-acl"}) {
    for (auto& table : state::list_children(context.txn, vpc_id, kind)) {
      auto& associations = table.document["Associations"];
      const auto gone =
          std::ranges::find_if(associations, [&](const Document& each) { return text(each, member) == id; });
      if (gone == associations.end()) continue;
      associations.erase(gone);
      state::update(context.txn, table);
    }
  }
}

}  // namespace fogling
