/// A mutator that knows the API model, for targets whose input is forms: besides turning bits it adds parameters that
/// the operation of a line really has, with values of their type, so that mutations get past the binder. New operations
/// are found by it as soon as they are in the registry.

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "emulator/registry.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace fogling;
using model::Shape;
using model::Type;

class Drawer {
 public:
  explicit Drawer(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }
  bool once_in(std::size_t times) { return below(times) == 0; }
  template <class List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::minstd_rand random_;
};

constexpr std::string_view kTexts[] = {"x",          "",     "*",           "default",    "10.0.0.0/24",
                                       "10.0.0.4",   "::/0", "us-east-1a",  "/dev/sdf",   "arn:aws:iam::1:role/x",
                                       "t3.micro",   "i-1",  "gp3",         "tcp",        "2026-01-02T00:00:00Z",
                                       "aws:x",      "all",  "self",        "198.18.0.1", "%C3%A9%F0%9F%98%80",
                                       "a%26b%3Dc+", "1.5",  "172.31.0.10", "-1",         "ami-0123456789abcdef0"};
constexpr std::string_view kNumbers[] = {"0",
                                         "1",
                                         "-1",
                                         "2",
                                         "5",
                                         "22",
                                         "8",
                                         "65535",
                                         "65536",
                                         "1000",
                                         "2147483648",
                                         "9223372036854775807",
                                         "-9223372036854775808"};

std::string uncapitalised(std::string_view name) {
  std::string out(name);
  if (out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

std::string value_for(Drawer& draw, const Shape& shape, std::string_view name) {
  if (!shape.values.empty() && !draw.once_in(8)) return std::string(draw.one_of(shape.values));
  switch (shape.type) {
    case Type::integer:
    case Type::real:
      return std::string(draw.one_of(kNumbers));
    case Type::boolean:
      return draw.once_in(2) ? "true" : "false";
    case Type::timestamp:
      return draw.once_in(2) ? "2026-01-02T00:00:00Z" : "2024-02-29";
    case Type::blob:
      return "QUJD";
    default:
      break;
  }
  // What an answer before has called so: see requests.cpp.
  if (name.ends_with("Id") && !draw.once_in(4)) return "$" + uncapitalised(name);
  return std::string(draw.one_of(kTexts));
}

/// A parameter somewhere below this structure: `BlockDeviceMapping.1.Ebs.VolumeSize=22`.
std::string parameter(Drawer& draw, const Shape& input) {
  std::string path;
  const Shape* shape = &input;
  std::string_view name;
  for (int depth = 0; depth < 12; ++depth) {
    if (shape->type == Type::structure) {
      if (shape->members.empty()) break;
      const auto& member = draw.one_of(shape->members);
      if (!path.empty()) path += '.';
      path += member.wire_in;
      name = member.wire_in;
      shape = member.shape;
    } else if (shape->type == Type::list) {
      path += '.' + std::to_string(draw.once_in(4) ? 2 : 1);
      shape = shape->element->shape;
    } else {
      break;
    }
  }
  return path + '=' + value_for(draw, *shape, name);
}

const model::Operation& any_operation(Drawer& draw) {
  static const Registry registry;
  static const auto written = registry.all();
  if (draw.once_in(8)) return draw.one_of(model::operations());
  return *model::find_operation(draw.one_of(written)->name);
}

std::string request(Drawer& draw) {
  const auto& operation = any_operation(draw);
  std::string form = "Action=" + std::string(operation.name);
  for (const auto& member : operation.input->members) {
    if (!member.required || member.shape->type == Type::structure) continue;
    const bool is_list = member.shape->type == Type::list;
    const Shape& leaf = is_list ? *member.shape->element->shape : *member.shape;
    if (leaf.type == Type::structure || leaf.type == Type::list) continue;
    form += '&' + std::string(member.wire_in) + (is_list ? ".1=" : "=") + value_for(draw, leaf, member.wire_in);
  }
  return form;
}

std::string filter(Drawer& draw, const model::Operation& operation) {
  const std::string at = "&Filter." + std::to_string(1 + draw.below(2));
  return at + ".Name=" + std::string(draw.one_of(operation.filters)) + at +
         ".Value.1=" + std::string(draw.one_of(kTexts));
}

/// Adds to the line what its operation knows; a line that names none stays.
bool extend(Drawer& draw, std::string& line) {
  constexpr std::string_view kAction = "Action=";
  const auto at = line.find(kAction);
  if (at == std::string::npos) return false;
  const auto begin = at + kAction.size();
  const auto* operation = model::find_operation(std::string_view(line).substr(begin, line.find('&', begin) - begin));
  if (operation == nullptr || operation->input->members.empty()) return false;
  if (!operation->filters.empty() && draw.once_in(4)) {
    line += filter(draw, *operation);
  } else {
    line += '&' + parameter(draw, *operation->input);
  }
  return true;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) lines.emplace_back(fuzz::take_line(text));
  return lines;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  Drawer draw(seed);
  if (draw.once_in(2)) return LLVMFuzzerMutate(data, size, max_size);
  auto lines = lines_of(fuzz::as_text(data, size));
#ifdef FOGLING_FUZZ_MANY_REQUESTS
  if (lines.empty() || draw.once_in(3)) {
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(draw.below(lines.size() + 1)), request(draw));
  } else if (draw.once_in(6)) {
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(draw.below(lines.size())));
  } else if (!extend(draw, lines[draw.below(lines.size())])) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
#else
  if (lines.empty()) lines.push_back(request(draw));
  if (!extend(draw, lines.back())) lines.back() = request(draw);
#endif
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : "\n") + line;
  if (out.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, out.data(), out.size());
  return out.size();
}
