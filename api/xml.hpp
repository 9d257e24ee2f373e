#pragma once

/// Answers as EC2 writes them: by the output shape, in the shape's order, without white space.

#include <functional>
#include <string>
#include <string_view>

#include "api/fragments.hpp"
#include "emulator/document.hpp"
#include "emulator/errors.hpp"
#include "fixtures/model/model.hpp"

namespace fogling::api {

/// Describes a resource by its id: see Call::describe.
using Describe = std::function<Document(std::string_view id)>;

class XmlWriter {
 public:
  /// `fragments` may be null; `describe` is asked where a list holds an id in place of a structure.
  XmlWriter(std::string& out, const Describe& describe, Fragments* fragments)
      : out_(out), describe_(describe), fragments_(fragments) {}

  /// Appends `value` as the content of an element of this shape. A member that the shape does not have is a fault of
  /// ours: it throws std::logic_error.
  void write(const Document& value, const model::Shape& shape);

 private:
  void write_structure(const Document& value, const model::Shape& shape);
  void write_list(const Document& value, const model::Shape& shape);
  void write_scalar(const Document& value, const model::Shape& shape);

  std::string& out_;
  const Describe& describe_;
  Fragments* fragments_;
};

void append_escaped(std::string& out, std::string_view text);

/// The answer with every id in place of a structure replaced by what it stands for.
Document resolve(const Document& answer, const model::Shape* shape, const Describe& describe);

/// The whole body of a success: `<RunInstancesResponse xmlns=...><requestId>...`. Room is made for `expected_bytes`.
std::string write_answer(const model::Operation& operation, std::string_view request_id, const Document& answer,
                         const Describe& describe, Fragments* fragments, std::size_t expected_bytes = 4096);
/// The whole body of an error, without a namespace.
std::string write_error(const ApiError& error, std::string_view request_id);

}  // namespace fogling::api
