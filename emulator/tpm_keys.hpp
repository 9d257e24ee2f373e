#pragma once

/// Endorsement keys of NitroTPMs, over OpenSSL: a pure function of the seed, so that a machine keeps its key.

#include <string>
#include <string_view>

namespace fogling {

/// `type` is `rsa-2048` or `ecc-sec-p384`, `format` is `der` (SubjectPublicKeyInfo) or `tpmt` (TPMT_PUBLIC of TPM 2.0,
/// with the default template of the TCG EK Credential Profile). In base64.
std::string endorsement_key(std::string_view type, std::string_view format, std::string_view seed);

}  // namespace fogling
