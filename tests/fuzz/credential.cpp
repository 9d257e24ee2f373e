/// Who asks and where: an Authorization header on the first line, a form behind it. Any bytes lead to an account of
/// twelve digits in a region that there is.

#include <algorithm>

#include "api/sigv4.hpp"
#include "fixtures/catalogue/catalogue.hpp"
#include "tests/fuzz/fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  std::string_view rest = fuzz::as_text(data, size);
  api::Request request;
  request.authorization = fuzz::take_line(rest);
  api::Params params;
  params.parse(rest);

  const auto credential = api::read_credential(request.authorization);
  for (const auto part : {credential.access_key, credential.region, credential.service}) {
    fuzz::hold(part.find_first_of("/, ") == std::string_view::npos, "a part of the scope ends where it ends", part);
    fuzz::hold(request.authorization.find(part) != std::string_view::npos, "a part of the scope was sent", part);
  }

  const auto scope = api::read_scope(request, params, {"123456789012", "us-east-1"});
  fuzz::hold(
      scope.account.size() == 12 && std::ranges::all_of(scope.account, [](char c) { return c >= '0' && c <= '9'; }),
      "an account has twelve digits", scope.account);
  fuzz::hold(catalogue::find_region(scope.region) != nullptr, "the region is one of AWS'", scope.region);
  return 0;
}
