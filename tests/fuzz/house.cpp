#include "tests/fuzz/house.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <pugixml.hpp>

#include "tests/fuzz/fuzz.hpp"

namespace fogling::fuzz {
namespace {

constexpr std::int64_t kStart_ms = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

HouseOptions options() {
  HouseOptions made;
  made.clock_mode = "manual";
  made.seed = 1;
  return made;
}

}  // namespace

House& new_house() {
  static const auto house = [] {
    spdlog::set_level(spdlog::level::off);
    return std::make_unique<House>(options());
  }();
  house->world().set_clock_mode("manual");
  house->world().clock.set_now(kStart_ms);
  api::Request reset;
  reset.method = "POST";
  reset.target = "/_sim/reset";
  reset.host = "localhost";
  house->handle(reset);
  return *house;
}

api::Response ask(House& house, const api::Request& request) {
  auto response = house.handle(request);
  hold(response.status < 500, "no request is answered with a fault of ours", request.body);
  hold(is_utf8(response.body), "an answer is UTF-8", response.body);
  if (response.content_type.find("json") != std::string_view::npos) {
    hold(Document::accept(response.body), "an answer in JSON can be parsed", response.body);
  } else if (!response.body.empty()) {
    pugi::xml_document parsed;
    hold(static_cast<bool>(parsed.load_buffer(response.body.data(), response.body.size())),
         "an answer in XML can be parsed", response.body);
  }
  return response;
}

std::string_view last_element(std::string_view xml, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">";
  const auto at = xml.rfind(open);
  if (at == std::string_view::npos) return {};
  const auto begin = at + open.size();
  return xml.substr(begin, xml.find('<', begin) - begin);
}

}  // namespace fogling::fuzz
