/// Binding and validation over the real shapes of all operations: what is bound has the types that its shape says, so
/// that no operation has to look, and can be written by the same shape.

#include "api/bind.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "api/query.hpp"
#include "api/xml.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using fogling::Document;
using fogling::model::Shape;
using fogling::model::Type;

bool conforms(const Document& value, const Shape& shape) {
  switch (shape.type) {
    case Type::structure:
      if (!value.is_object()) return false;
      for (auto each = value.begin(); each != value.end(); ++each) {
        const auto* member = fogling::model::find_member(shape, each.key());
        if (member == nullptr || !conforms(*each, *member->shape)) return false;
      }
      return true;
    case Type::list:
      return value.is_array() &&
             std::ranges::all_of(value, [&](const Document& each) { return conforms(each, *shape.element->shape); });
    case Type::integer:
      return value.is_number_integer();
    case Type::real:
      return value.is_number();
    case Type::boolean:
      return value.is_boolean();
    case Type::string:
    case Type::timestamp:
    case Type::blob:
      break;
  }
  return value.is_string();
}

/// The operation that the form names; any other text stands for one of them all the same.
const fogling::model::Operation& meant(std::string_view action) {
  if (const auto* operation = fogling::model::find_operation(action)) return *operation;
  const auto all = fogling::model::operations();
  return all[std::hash<std::string_view>{}(action) % all.size()];
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  api::Params params;
  params.parse(fuzz::as_text(data, size));
  const auto& operation = meant(params.get("Action"));

  Document in;
  if (!fuzz::is_accepted([&] { in = api::bind(params, *operation.input); })) return 0;
  if (!conforms(in, *operation.input)) {  // a blob may be any bytes
    fuzz::hold(false, "what is bound has the types of its shape",
               in.dump(-1, ' ', false, Document::error_handler_t::replace));
  }

  std::string written = "<x>";
  api::XmlWriter(written, {}, nullptr).write(in, *operation.input);
  written += "</x>";
  pugi::xml_document parsed;
  fuzz::hold(static_cast<bool>(parsed.load_string(written.c_str())), "what is bound can be written", written);

  fuzz::is_accepted([&] { api::validate(in, operation); });
  return 0;
}
