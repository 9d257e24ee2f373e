/// The JSON protocol on the same port: requests one below the other, each `X-Amz-Target BODY`.

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/house.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  constexpr int kMaxRequests = 16;
  std::string_view rest = fuzz::as_text(data, size);
  House& house = fuzz::new_house();
  for (int i = 0; i < kMaxRequests && !rest.empty(); ++i) {
    const std::string_view line = fuzz::take_line(rest);
    const auto space = line.find(' ');
    api::Request request;
    request.method = "POST";
    request.target = "/";
    request.host = "localhost:8773";
    request.content_type = "application/x-amz-json-1.1";
    request.authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/ssm/aws4_request, Signature=0";
    request.amz_target = line.substr(0, space);
    if (space != std::string_view::npos) request.body = line.substr(space + 1);
    fuzz::ask(house, request);
  }
  return 0;
}
