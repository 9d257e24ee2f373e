/// Public keys that somebody imports: as text, or, behind a first line that says so, as the bytes inside of it (`blob`
/// of an OpenSSH line, `der` of a SubjectPublicKeyInfo), which mutations of base64 would seldom reach.

#include "emulator/encoding.hpp"
#include "emulator/key_material.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

std::string material_of(std::string_view input) {
  std::string_view rest = input;
  const auto form = fogling::fuzz::take_line(rest);
  if (form == "blob-rsa") return "ssh-rsa " + fogling::base64_encode(rest);
  if (form == "blob-ed25519") return "ssh-ed25519 " + fogling::base64_encode(rest);
  if (form == "der") return fogling::base64_encode(rest);
  return std::string(input);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fogling;
  const std::string material = material_of(fuzz::as_text(data, size));
  const auto key = import_public_key(material, "name");
  if (!key) return 0;
  const auto again = import_public_key(key->public_key, "name");
  fuzz::hold(again && again->type == key->type && again->public_key == key->public_key &&
                 again->fingerprint == key->fingerprint,
             "a key that was taken is taken again as it is shown", key->public_key);
  fuzz::hold(key->private_key.empty() && !key->fingerprint.empty(), "an imported key has a fingerprint only");
  return 0;
}
