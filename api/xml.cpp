#include "api/xml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/clock.hpp"
#include "emulator/encoding.hpp"

namespace fogling::api {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

void open(std::string& out, std::string_view tag) {
  out += '<';
  out += tag;
  out += '>';
}
void close(std::string& out, std::string_view tag) {
  out += "</";
  out += tag;
  out += '>';
}
void empty(std::string& out, std::string_view tag) {
  out += '<';
  out += tag;
  out += "/>";
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view entity;
    switch (text[i]) {
      case '&':
        entity = "&amp;";
        break;
      case '<':
        entity = "&lt;";
        break;
      case '>':
        entity = "&gt;";
        break;
      case '\r':
        entity = "&#xD;";
        break;
      default:
        // XML 1.0 has no way to write the other control characters.
        if (static_cast<unsigned char>(text[i]) >= 0x20 || text[i] == '\n' || text[i] == '\t') continue;
        entity = "?";
    }
    out.append(text, plain, i - plain);
    out += entity;
    plain = i + 1;
  }
  out.append(text, plain);
}

void XmlWriter::write(const Document& value, const model::Shape& shape) {
  switch (shape.type) {
    case model::Type::structure:
      write_structure(value, shape);
      break;
    case model::Type::list:
      write_list(value, shape);
      break;
    default:
      write_scalar(value, shape);
  }
}

void XmlWriter::write_structure(const Document& value, const model::Shape& shape) {
  std::size_t left = value.size();
  for (const auto& member : shape.members) {
    if (left == 0) return;
    const auto found = value.find(member.name);
    if (found == value.end()) continue;
    --left;
    if (found->is_null()) continue;
    if ((found->is_structured() && found->empty()) ||
        (found->is_string() && found->get_ref<const std::string&>().empty())) {
      empty(out_, member.wire_out);
      continue;
    }
    open(out_, member.wire_out);
    write(*found, *member.shape);
    close(out_, member.wire_out);
  }
  if (left == 0) return;
  for (const auto& [name, unused] : value.items()) {
    if (model::find_member(shape, name) == nullptr) {
      throw std::logic_error(fmt::format("the shape {} has no member {}", shape.name, name));
    }
  }
}

void XmlWriter::write_list(const Document& value, const model::Shape& shape) {
  const auto& element = *shape.element;
  for (const auto& each : value) {
    if (each.is_string() && element.shape->type == model::Type::structure) {
      const std::string& id = each.get_ref<const std::string&>();
      if (fragments_ != nullptr && fragments_->append_to(out_, id)) continue;
      const std::size_t start = out_.size();
      open(out_, element.wire_out);
      write_structure(describe_(id), *element.shape);
      close(out_, element.wire_out);
      if (fragments_ != nullptr) fragments_->keep(id, std::string_view(out_).substr(start));
      continue;
    }
    if (each.is_string() && each.get_ref<const std::string&>().empty()) {
      empty(out_, element.wire_out);
      continue;
    }
    open(out_, element.wire_out);
    write(each, *element.shape);
    close(out_, element.wire_out);
  }
}

void XmlWriter::write_scalar(const Document& value, const model::Shape& shape) {
  if (value.is_string()) {
    const auto& string = value.get_ref<const std::string&>();
    if (shape.type == model::Type::blob) {
      out_ += base64_encode(string);
    } else {
      append_escaped(out_, string);
    }
  } else if (value.is_boolean()) {
    out_ += value.get<bool>() ? "true" : "false";
  } else if (shape.type == model::Type::timestamp && value.is_number()) {
    out_ += iso_time(value.get<std::int64_t>());
  } else if (value.is_number_integer()) {
    out_ += shape.type == model::Type::real ? fmt::format("{}.0", value.get<std::int64_t>())
                                            : fmt::to_string(value.get<std::int64_t>());
  } else if (value.is_number()) {
    const std::string number = fmt::format("{}", value.get<double>());
    out_ += number.find_first_of(".e") == std::string::npos ? number + ".0" : number;
  } else {
    throw std::logic_error(fmt::format("a value of the shape {} is neither text, number nor boolean", shape.name));
  }
}

Document resolve(const Document& answer, const model::Shape* shape, const Describe& describe) {
  if (shape == nullptr) return answer;
  Document out = answer;
  if (answer.is_object()) {
    for (const auto& member : shape->members) {
      const auto found = out.find(member.name);
      if (found != out.end()) *found = resolve(*found, member.shape, describe);
    }
  } else if (answer.is_array()) {
    const auto* element = shape->element->shape;
    for (auto& each : out) {
      each = each.is_string() && element->type == model::Type::structure ? describe(each.get_ref<const std::string&>())
                                                                         : resolve(each, element, describe);
    }
  }
  return out;
}

std::string write_answer(const model::Operation& operation, std::string_view request_id, const Document& answer,
                         const Describe& describe, Fragments* fragments, std::size_t expected_bytes) {
  std::string out;
  out.reserve(expected_bytes);
  out += kDeclaration;
  out += '<';
  out += operation.name;
  out += "Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>";
  out += request_id;
  out += "</requestId>";
  if (operation.output == nullptr) {
    out += "<return>true</return>";
  } else {
    // An acknowledgement stands beside the data of many operations; it is always true, since a failure is an error.
    if (model::find_member(*operation.output, "Return") != nullptr && !answer.contains("Return")) {
      Document acknowledged = answer.is_null() ? Document::object() : answer;
      acknowledged["Return"] = true;
      XmlWriter(out, describe, fragments).write(acknowledged, *operation.output);
    } else {
      XmlWriter(out, describe, fragments).write(answer, *operation.output);
    }
  }
  out += "</";
  out += operation.name;
  out += "Response>";
  return out;
}

std::string write_error(const ApiError& error, std::string_view request_id) {
  std::string out(kDeclaration);
  out += "<Response><Errors><Error><Code>";
  append_escaped(out, error.code);
  out += "</Code><Message>";
  append_escaped(out, error.message);
  out += "</Message></Error></Errors><RequestID>";
  out += request_id;
  out += "</RequestID></Response>";
  return out;
}

}  // namespace fogling::api
