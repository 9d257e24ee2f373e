#pragma once

/// Base64 and digests, by OpenSSL, and what characters a text is made of.

#include <optional>
#include <string>
#include <string_view>

namespace fogling {

/// On one line, padded.
std::string base64_encode(std::string_view bytes);
/// Nothing where the text is not padded base64; white space between the characters is let through, as OpenSSL's own
/// decoder does and EC2 for user data.
std::optional<std::string> base64_decode(std::string_view text);
std::string sha256_hex(std::string_view bytes);

/// Whether there is nothing in a text but ASCII letters, digits and `marks`.
bool consists_of_letters_digits_and(std::string_view marks, std::string_view text);

}  // namespace fogling
