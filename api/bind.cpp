#include "api/bind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <cctype>
#include <charconv>
#include <cmath>

#include "emulator/clock.hpp"
#include "emulator/encoding.hpp"
#include "emulator/errors.hpp"

namespace fogling::api {
namespace {

/// Deeper than any path of the model, which has 9 levels.
constexpr int kMaxDepth = 24;

/// Parameters that every query request may carry beside those of the operation.
bool is_envelope(std::string_view name) {
  constexpr std::string_view kEnvelope[] = {"Action",          "Version",          "AWSAccessKeyId", "Signature",
                                            "SignatureMethod", "SignatureVersion", "Timestamp",      "Expires",
                                            "SecurityToken",   "AUTHPARAMS"};
  return std::ranges::find(kEnvelope, name) != std::end(kEnvelope) || name.starts_with("X-Amz-");
}

bool is_index(std::string_view segment) {
  return !segment.empty() && segment.size() <= 9 &&
         std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
}

std::string capitalised(std::string_view name) {
  std::string out(name);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}
std::string uncapitalised(std::string_view name) {
  std::string out(name);
  if (!out.empty()) out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

/// UTF-8 of characters that XML can carry.
bool is_legal_text(std::string_view text) {
  namespace utf = boost::locale::utf;
  for (auto at = text.begin(); at != text.end();) {
    const utf::code_point point = utf::utf_traits<char>::decode(at, text.end());
    if (point == utf::illegal || point == utf::incomplete) return false;
    if (point < 0x20 && point != '\t' && point != '\n' && point != '\r') return false;
  }
  return true;
}

ApiError illegal_character(std::string_view shown) {
  return errors::invalid_value(shown, "QueryStringParameter", "Invalid or illegal XML character specified");
}

/// The value typed by its shape; null where an empty value means that nothing was sent. The words for values of the
/// wrong type are Assumed.
Document read_scalar(const model::Shape& shape, std::string_view name, const std::string& value) {
  switch (shape.type) {
    case model::Type::string:
      if (value.empty() && !shape.values.empty()) return nullptr;
      return value;
    case model::Type::blob: {
      auto bytes = base64_decode(value);
      if (!bytes) throw errors::invalid_value(value, uncapitalised(name), "Invalid base64 encoding.");
      return *std::move(bytes);
    }
    default:
      break;
  }
  if (value.empty()) return nullptr;
  const char* const end_of_value = value.data() + value.size();
  switch (shape.type) {
    case model::Type::integer: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(value.data(), end_of_value, number);
      if (error != std::errc() || end != end_of_value) {
        throw errors::invalid_value(value, uncapitalised(name), "It is not an integer.");
      }
      return number;
    }
    case model::Type::real: {
      double number = 0;
      const auto [end, error] = std::from_chars(value.data(), end_of_value, number);
      if (error != std::errc() || end != end_of_value || !std::isfinite(number)) {
        throw errors::invalid_value(value, uncapitalised(name), "It is not a number.");
      }
      return number;
    }
    case model::Type::boolean: {
      const std::string lower = [&] {
        std::string out;
        for (const char c : value) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        return out;
      }();
      if (lower == "true" || lower == "1") return true;
      if (lower == "false" || lower == "0") return false;
      throw errors::invalid_value(value, uncapitalised(name), "It is neither true nor false.");
    }
    case model::Type::timestamp: {
      const std::int64_t ms = parse_time(value);
      if (ms < 0) throw errors::invalid_value(value, uncapitalised(name), "It is not an ISO 8601 time.");
      return iso_time(ms);
    }
    default:
      return value;
  }
}

std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const auto dot = path.find('.');
  return {path.substr(0, dot), dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1)};
}

/// Puts one parameter into the tree. While binding, lists are objects under padded indices, which sorts them by number.
class Binder {
 public:
  explicit Binder(bool keeps_first) : keeps_first_(keeps_first) {}

  void into_structure(Document& target, const model::Shape& shape, std::string_view path, const std::string& value,
                      int depth = 0) {
    const auto [segment, rest] = split(path);
    const auto member = std::ranges::find(shape.members, segment, &model::Member::wire_in);
    if (member == shape.members.end() || depth > kMaxDepth) throw errors::unknown_parameter(capitalised(segment));
    into(target, std::string(member->name), *member->shape, segment, rest, value, depth);
  }

 private:
  void into(Document& target, const std::string& key, const model::Shape& shape, std::string_view name,
            std::string_view rest, const std::string& value, int depth) {
    if (shape.type == model::Type::structure) {
      if (rest.empty()) {
        if (value.empty()) return;
        throw errors::unknown_parameter(capitalised(name));
      }
      Document& inner = target[key];
      if (!inner.is_object()) inner = Document::object();
      into_structure(inner, shape, rest, value, depth + 1);
    } else if (shape.type == model::Type::list) {
      into_list(target[key], shape, name, rest, value, depth + 1);
    } else {
      if (!rest.empty()) throw errors::unknown_parameter(capitalised(split(rest).first));
      if (keeps_first_ && target.contains(key)) return;
      Document scalar = read_scalar(shape, name, value);
      if (scalar.is_null()) {
        target.erase(key);
      } else {
        target[key] = std::move(scalar);
      }
    }
  }

  void into_list(Document& target, const model::Shape& shape, std::string_view name, std::string_view rest,
                 const std::string& value, int depth) {
    if (depth > kMaxDepth) throw errors::unknown_parameter(capitalised(name));
    if (!target.is_object()) target = Document::object();
    const model::Shape& element = *shape.element->shape;
    auto [segment, inner] = split(rest);
    std::string index = "0";
    std::string_view path = rest;
    if (is_index(segment)) {
      index = segment;
      path = inner;
    } else if (element.type != model::Type::structure && !segment.empty()) {
      if (segment.starts_with('-')) {  // recorded
        throw illegal_character(segment);
      }
      // Recorded: an index that is no number stands for an empty element.
      if (element.type == model::Type::string) target["x"] = "";
      return;
    }
    index.erase(0, std::min(index.find_first_not_of('0'), index.size() - 1));
    into(target, std::string(9 - index.size(), '0') + index, element, name, path, value, depth);
  }

  bool keeps_first_;
};

/// Turns the objects that stand for lists into arrays.
void settle_lists(Document& value, const model::Shape& shape) {
  if (shape.type == model::Type::structure) {
    for (const auto& member : shape.members) {
      const auto found = value.find(member.name);
      if (found != value.end()) settle_lists(*found, *member.shape);
    }
  } else if (shape.type == model::Type::list) {
    Document list = Document::array();
    for (auto& [index, element] : value.items()) {
      settle_lists(element, *shape.element->shape);
      list.push_back(std::move(element));
    }
    value = std::move(list);
  }
}

/// Enums whose values the operation judges itself, in words of its own: what is valid is data, or EC2 takes more
/// spellings than the model has.
bool is_judged_later(const model::Shape& shape) {
  constexpr std::string_view kLater[] = {"AccountAttributeName",
                                         "AddressAttributeName",
                                         "DomainType",
                                         "ExcessCapacityTerminationPolicy",
                                         "FleetExcessCapacityTerminationPolicy",
                                         "ImageAttributeName",
                                         "InstanceAttributeName",
                                         "InstanceType",
                                         "LocationType",
                                         "NetworkInterfaceAttribute",
                                         "NetworkInterfaceCreationType",
                                         "ResetImageAttributeName",
                                         "ResourceType",
                                         "SnapshotAttributeName",
                                         "VolumeAttributeName",
                                         "VolumeType",
                                         "VpcAttributeName"};
  return std::ranges::find(kLater, shape.name) != std::end(kLater);
}

/// Where EC2 answers a bad enum as its newer services do; the order of the values is EC2's.
struct NewerEnum {
  std::string_view member, values;
};
constexpr NewerEnum kNewerEnums[] = {{"KeyType", "rsa, ed25519"}, {"KeyFormat", "ppk, pem"}};

/// EC2 Fleet takes the cheapest strategy in Spot Fleet's spelling too: CloudFormation and Terraform write it so.
bool is_other_spelling(const model::Shape& shape, std::string_view value) {
  return value == "lowestPrice" &&
         (shape.name == "SpotAllocationStrategy" || shape.name == "FleetOnDemandAllocationStrategy");
}

void check_enum(const model::Member& member, const std::string& value) {
  const auto& shape = *member.shape;
  if (is_judged_later(shape) || std::ranges::find(shape.values, value) != shape.values.end()) return;
  if (is_other_spelling(shape, value)) return;
  const auto* newer = std::ranges::find(kNewerEnums, member.name, &NewerEnum::member);
  if (newer != std::end(kNewerEnums)) {
    throw errors::invalid_parameter_value(
        fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must satisfy "
                    "enum value set:"
                    " [{}]",
                    value, uncapitalised(member.name), newer->values));
  }
  throw errors::invalid_value(value, uncapitalised(member.wire_in));
}

void check_range(const model::Member& member, std::int64_t number) {
  if (member.name == "MaxResults") return;  // read_paging has an operation's own words
  const auto& shape = *member.shape;
  if (shape.min && number < *shape.min) {
    throw errors::invalid_parameter_value(
        fmt::format("Value ( {} ) for parameter {} is invalid. Expecting a value greater than or equal to {}.", number,
                    member.wire_in, *shape.min));
  }
  if (shape.max && number > *shape.max) {
    throw errors::invalid_parameter_value(
        fmt::format("Value ( {} ) for parameter {} is invalid. Expecting a value smaller than or equal to {}.", number,
                    member.wire_in, *shape.max));
  }
}

/// The name in MissingParameter is EC2's internal one; recorded where it differs from the wire's.
std::string_view missing_name(std::string_view operation, const model::Member& member) {
  if ((operation == "CreateTags" || operation == "DeleteTags") && member.name == "Resources") return "resourceIdSet";
  if (operation == "AttachVolume" && member.name == "Device") return "device";
  return member.wire_in;
}

void validate_member(const Document& value, const model::Member& member, std::string_view operation);

void validate_structure(const Document& value, const model::Shape& shape, std::string_view operation) {
  for (const auto& member : shape.members) {
    const auto found = value.find(member.name);
    const bool is_absent = found == value.end() ||
                           (found->is_string() && found->get_ref<const std::string&>().empty()) ||
                           (found->is_array() && found->empty());
    // Assumed: EC2 does not insist on a token that SDKs fill in by themselves.
    const bool is_required = member.required && !member.idempotency_token;
    if (is_required && is_absent) throw errors::missing_parameter(missing_name(operation, member));
    if (found != value.end()) validate_member(*found, member, operation);
  }
}

void validate_member(const Document& value, const model::Member& member, std::string_view operation) {
  const auto& shape = *member.shape;
  switch (shape.type) {
    case model::Type::structure:
      validate_structure(value, shape, operation);
      break;
    case model::Type::list: {
      // The element is called as its list is: only the list's name tells what it holds.
      model::Member element = *shape.element;
      element.name = member.name;
      element.wire_in = member.wire_in;
      for (const auto& each : value) {
        // An empty element says nothing, like an empty value.
        const bool is_empty = each.is_string() && each.get_ref<const std::string&>().empty();
        if (!is_empty) validate_member(each, element, operation);
      }
      break;
    }
    case model::Type::string:
      if (!shape.values.empty() && value.is_string()) check_enum(member, value.get_ref<const std::string&>());
      break;
    case model::Type::integer:
      if (value.is_number_integer()) check_range(member, value.get<std::int64_t>());
      break;
    default:
      break;
  }
}

}  // namespace

void check_text(std::string_view text) {
  if (is_legal_text(text)) return;  // recorded
  throw ApiError("InvalidCharacter", "Your request contains an invalid XML character and can not be processed.");
}

Document bind(const Params& params, const model::Shape& input) {
  Document in = Document::object();
  Binder binder(params.repeated() == Params::Repeated::first_wins);
  for (const auto& [name, value] : params.all()) {
    if (is_envelope(name)) continue;
    check_text(name);
    check_text(value);
    binder.into_structure(in, input, name, value);
  }
  settle_lists(in, input);
  return in;
}

void validate(const Document& in, const model::Operation& operation) {
  validate_structure(in, *operation.input, operation.name);
}

}  // namespace fogling::api
