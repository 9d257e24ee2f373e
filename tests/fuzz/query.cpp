/// The form of a query request: whatever bytes come, what was read can be sent again and means the same.

#include "api/query.hpp"

#include "tests/fuzz/fuzz.hpp"

namespace {

std::string encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  api::Params params;
  params.parse(fuzz::as_text(data, size));

  std::string form;
  for (const auto& [name, value] : params.all()) {
    if (!form.empty()) form += '&';
    form += encoded(name) + '=' + encoded(value);
  }
  api::Params again;
  again.parse(form);
  fuzz::hold(again.all() == params.all(), "what was read can be sent again", form);

  for (const auto repeated : {api::Params::Repeated::first_wins, api::Params::Repeated::last_wins}) {
    params.set_repeated(repeated);
    for (const auto& [name, value] : params.all()) {
      fuzz::hold(params.has(name), "a parameter that was sent is there", name);
      static_cast<void>(params.get(name));
    }
  }
  if (!params.all().empty()) {
    fuzz::hold(params.get(params.all().back().first) == params.all().back().second, "the last of a POST counts");
  }
  return 0;
}
