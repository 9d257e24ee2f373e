#include "emulator/describe.hpp"

namespace fogling {

std::vector<std::string> requested_ids(const Call& call, std::string_view type, std::string_view member) {
  std::vector<std::string> ids;
  for (const auto& each : call.items(member)) {
    const auto& id = each.get_ref<const std::string&>();
    check_id(type, id);
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

Document describe_documents(Call& call, std::string_view list, std::vector<Document> documents,
                            std::string_view ids_member) {
  struct Row {
    std::int64_t seq;
    Document* document;
  };
  PageBuilder<Row> page{call, read_paging(call, ids_member)};
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Row row{static_cast<std::int64_t>(i) + 1, &documents[i]};
    if (!page.offer(row, [](const Row& each) { return *each.document; })) break;
  }
  for (auto& item : page.items) {  // what begins with `_` is there for filters
    if (!item.is_object()) continue;
    for (auto member = item.begin(); member != item.end();)
      member = member.key().starts_with('_') ? item.erase(member) : std::next(member);
  }
  Document answer{{list, std::move(page.items)}};
  if (page.is_full) answer["NextToken"] = make_token(call, page.last_seq);
  return answer;
}

}  // namespace fogling
