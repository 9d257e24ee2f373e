#pragma once

/// Certificates that EC2 hands out and takes, over OpenSSL.

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/key_material.hpp"

namespace fogling {

/// A self-signed certificate of ten years, as base64 of its DER. The same bytes make the same certificate.
std::string make_trust_anchor(std::string_view common_name, std::int64_t now_ms, const RandomSource& random);

/// Whether it is a certificate in PEM, with or without the lines around it.
bool is_certificate(std::string_view pem);

}  // namespace fogling
