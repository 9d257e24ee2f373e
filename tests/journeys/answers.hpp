#pragma once

/// Looking into answers by paths such as `Reservations.0.Instances.*.Tags[Key=Name].Value`.

#include <string>
#include <string_view>
#include <vector>

#include "emulator/document.hpp"
#include "fixtures/model/model.hpp"
#include "tests/journeys/script.hpp"

namespace fogling::test {

/// What stands at a path. Throws std::invalid_argument with a sentence where no answer of this shape could have the
/// path, or where all but its last step has to be there and is not.
std::vector<const Document*> find(const Document& answer, const model::Shape& shape, std::string_view path);

/// The same in a document that has no shape: what is not there is absent.
std::vector<const Document*> find(const Document& answer, std::string_view path);

/// A scalar as it stands in XML; lists and structures as JSON.
std::string as_text(const Document& value);

/// Empty when the answer is as expected, otherwise a sentence. `values` have no variables left in them.
std::string compare(const Expectation& expectation, const std::vector<const Document*>& found,
                    const std::vector<std::string>& values);

}  // namespace fogling::test
