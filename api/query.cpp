#include "api/query.hpp"

#include <algorithm>

namespace fogling::api {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string decode_form(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto plain = std::min(text.find_first_of("+%", i), text.size());
    out.append(text, i, plain - i);
    i = plain;
    if (i == text.size()) break;
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void Params::parse(std::string_view form) {
  while (!form.empty()) {
    const auto ampersand = form.find('&');
    const std::string_view pair = form.substr(0, ampersand);
    form = ampersand == std::string_view::npos ? std::string_view{} : form.substr(ampersand + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    all_.emplace_back(decode_form(pair.substr(0, equals)),
                      equals == std::string_view::npos ? std::string{} : decode_form(pair.substr(equals + 1)));
  }
}

std::string_view Params::get(std::string_view name) const {
  const auto is_it = [&](const auto& each) { return each.first == name; };
  if (repeated_ == Repeated::first_wins) {
    const auto found = std::ranges::find_if(all_, is_it);
    return found == all_.end() ? std::string_view{} : found->second;
  }
  const auto found = std::find_if(all_.rbegin(), all_.rend(), is_it);
  return found == all_.rend() ? std::string_view{} : found->second;
}

bool Params::has(std::string_view name) const {
  return std::ranges::any_of(all_, [&](const auto& each) { return each.first == name; });
}

}  // namespace fogling::api
